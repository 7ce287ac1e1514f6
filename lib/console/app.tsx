/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import { isUsableId } from '../dustess/ids.ts';
import type { Language } from '../sentence.ts';
import { SCRIPT } from './assets/script.ts';
import { ICON, STYLE } from './assets/style.ts';
import { addBulkActions, addBulkPage } from './bulk/routes.tsx';
import type { ConsoleOptions } from './deployment.ts';
import { addLinking } from './link-routes.tsx';
import { OutsidePage } from './pages/outside.tsx';
import { ProblemPage } from './pages/problem.tsx';
import { hrefOf, type View } from './pages/view.ts';
import { problemText } from './read/store-problem.ts';
import { addEventActions, addPages, type ConsoleEnv, page } from './routes.tsx';
import { refusalOf, SECURITY_HEADERS } from './security/request-rules.ts';
import type { Sessions } from './security/sessions.ts';
import { type TextName, tellIn } from './texts/texts.ts';
import { addUndo } from './undo-routes.tsx';

type Request = Context<ConsoleEnv>;

const MAX_FORM_BYTES = 2 * 1024 * 1024;

interface AppParts {
  options: ConsoleOptions;
  sessions: Sessions;
  /** On which the server listens: part of what `Host` must say. */
  port(): number;
  /** Called for each request of a browser that is in. */
  onLetIn(): void;
}

/** Every request of the console, from its first check to its page. */
export function createConsoleApp(parts: AppParts): Hono<ConsoleEnv> {
  const { options, port } = parts;
  const app = new Hono<ConsoleEnv>({ strict: false });
  app.use(async (c, next) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value);
    const head = { method: c.req.method, url: c.req.url, header: (name: string) => c.req.header(name) };
    const refusal = refusalOf(head, port());
    if (refusal !== undefined) return c.text('refused: this console answers its own pages only', 403);
    c.set('view', viewOf(c, options));
    return next();
  });
  addAssets(app);
  app.use((c, next) => enter(c, next, parts));
  app.use(bodyLimit({ maxSize: MAX_FORM_BYTES, onError: (c) => problem(c, TOO_LARGE) }));
  app.use('/:tenant/*', tenantOnly(options));
  app.use('/:tenant/*', usableIdsOnly);
  if (!options.allowActions) app.on(['POST', 'PUT', 'PATCH', 'DELETE'], '*', refuseAction);
  app.post('*', formsOnly);
  app.get('/', (c) => c.redirect(hrefOf(c.get('view'), []), 303));
  addPages(app);
  addBulkPage(app);
  addEventActions(app);
  addLinking(app);
  addUndo(app);
  addBulkActions(app);
  app.notFound((c) => problem(c, NO_PAGE));
  app.onError((error, c) => {
    const detail = options.explain(error, c.get('view').language);
    const said = { title: 'frame.problemTitle', text: problemText(error), status: 503, detail } as const;
    return problem(c, c.req.method === 'GET' ? said : { ...said, isHalfDone: true });
  });
  return app;
}

/** Without a session only a fresh token is let in, and that at once becomes a cookie that no other page can use. */
async function enter(c: Request, next: () => Promise<void>, { sessions, port, onLetIn }: AppParts) {
  const name = `merge-sync-console-${port()}`;
  const token = c.req.path === '/' ? c.req.query('t') : undefined;
  const redeemed = token === undefined ? undefined : sessions.redeem(token);
  if (redeemed !== undefined) setCookie(c, name, redeemed.cookie, { httpOnly: true, sameSite: 'Strict', path: '/' });
  const isIn = redeemed !== undefined || sessions.isValid(getCookie(c, name));
  const { tell, language } = c.get('view');
  if (!isIn) return page(c, <OutsidePage tell={tell} lang={language} />, 403);
  onLetIn();
  if (token === undefined) return next();
  return c.redirect(redeemed?.to ?? '/', 303);
}

function addAssets(app: Hono<ConsoleEnv>): void {
  const asset = (path: string, type: string, text: string) =>
    app.get(path, (c) => {
      c.header('content-type', type);
      return c.body(text);
    });
  asset('/assets/console.css', 'text/css; charset=utf-8', STYLE);
  asset('/assets/console.js', 'text/javascript; charset=utf-8', SCRIPT);
  asset('/assets/icon.svg', 'image/svg+xml', ICON);
}

const tenantOnly =
  ({ deployment }: ConsoleOptions) =>
  async (c: Request, next: () => Promise<void>) =>
    deployment.tenants.includes(c.get('view').tenant) ? next() : problem(c, NO_PAGE);

const refuseAction = (c: Request) => problem(c, { title: 'frame.readOnly', text: 'frame.refusedAction', status: 403 });

/** Only what a form of a page sends: a body in another form is not read. */
async function formsOnly(c: Request, next: () => Promise<void>) {
  const [type = ''] = (c.req.header('content-type') ?? '').split(';');
  return type.trim().toLowerCase() === 'application/x-www-form-urlencoded' ? next() : problem(c, NO_FORM);
}

/** No event and no contact is kept under an id that is too long, or is no text. */
async function usableIdsOnly(c: Request, next: () => Promise<void>) {
  const [, , ...parts] = new URL(c.req.url).pathname.split('/');
  const asked = [...parts.map(decoded), c.req.query('q'), c.req.query('contact')].filter(Boolean) as string[];
  return asked.every(isUsableId) ? next() : problem(c, NO_PAGE);
}

interface Said {
  title: TextName;
  text: TextName;
  status: 403 | 404 | 413 | 415 | 503;
  detail?: string;
  isHalfDone?: boolean;
}

const NO_PAGE: Said = { title: 'frame.notFoundTitle', text: 'frame.noPage', status: 404 };
const TOO_LARGE: Said = { title: 'frame.refusedForm', text: 'frame.tooLarge', status: 413 };
const NO_FORM: Said = { title: 'frame.refusedForm', text: 'frame.noForm', status: 415 };

const problem = (c: Request, { status, ...said }: Said) =>
  page(c, <ProblemPage view={c.get('view')} {...said} />, status);

/** A language that was chosen on a page is remembered by the browser. */
function viewOf(c: Request, options: ConsoleOptions): View {
  const asked = languageIn(c.req.query('lang'));
  if (asked) setCookie(c, 'merge-sync-console-language', asked, { sameSite: 'Strict', path: '/', httpOnly: true });
  const language = asked ?? languageIn(getCookie(c, 'merge-sync-console-language')) ?? options.language;
  const { pathname, search } = new URL(c.req.url);
  const path = pathname.replace(/^\/{2,}/, '/'); // As a link, `//name` would lead to another host.
  const [, named = ''] = pathname.split('/');
  const [first = ''] = options.deployment.tenants;
  const tenant = named === '' || named === 'assets' ? first : decoded(named);
  return { options, tenant, language, tell: tellIn(language), now: options.now(), address: `${path}${search}` };
}

const languageIn = (text: string | undefined): Language | undefined =>
  text === 'zh' || text === 'en' ? text : undefined;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A % that is no escape: no tenant's name.
  }
}
