/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono';
import type { MergeEvent } from '../event.ts';
import { type ConfirmDeps, candidatesOf, confirmCandidate } from '../linking/confirm-candidate.ts';
import { loadEvent } from '../merge/load-event.ts';
import { answerLink, askedContacts } from '../recovery/answer-link.ts';
import { LinkPage } from './pages/link.tsx';
import { ProblemPage } from './pages/problem.tsx';
import { hrefOf, type View } from './pages/view.ts';
import { type ConsoleEnv, notFound, page, parts } from './routes.tsx';
import type { TextName } from './texts/texts.ts';

type Request = Context<ConsoleEnv>;

/** An event that waits for its contacts to be linked. */
interface Asking {
  view: View;
  event: MergeEvent;
  contacts: string[];
  deps: ConfirmDeps;
}

/** Which record each unknown contact of a parked event may be, and what a person says of it. Needs `allowActions`. */
export function addLinking(app: Hono<ConsoleEnv>): void {
  app.get('/:tenant/events/:id/link', (c) =>
    withAsking(c, async ({ view, event, contacts, deps }) => {
      const asked = await candidatesOf(event, contacts, deps);
      const showsValues = c.req.query('values') === '1';
      return page(c, <LinkPage view={view} eventId={event.eventId} asked={asked} showsValues={showsValues} />);
    }),
  );
  app.post('/:tenant/events/:id/link', (c) => withAsking(c, (asking) => answer(c, asking)));
}

async function withAsking(c: Request, work: (asking: Asking) => Promise<Response>): Promise<Response> {
  const { view, ledger } = parts(c);
  const { deployment, allowActions, now } = view.options;
  const id = c.req.param('id') ?? '';
  if (!allowActions) return problem(c, 'frame.readOnly', 'frame.refusedAction', 403);
  const record = (await ledger.events.read(id))?.value;
  if (!record) return notFound(c, id);
  const contacts = askedContacts(record);
  const loaded = await loadEvent(ledger, record);
  if (contacts.length === 0 || !('event' in loaded)) return c.redirect(hrefOf(view, ['events', id]), 303);
  const linkable = await deployment.linkable?.(view.tenant);
  if (!linkable) return problem(c, 'link.title', 'link.notReadable', 404);
  const rules = { events: ['mobile' as const, 'email' as const], country: linkable.country };
  const deps: ConfirmDeps = {
    crm: linkable.crm,
    rules,
    linkIntents: ledger.linkIntents,
    now,
    attempt: (call) => call(),
  };
  return work({ view, event: loaded.event, contacts, deps });
}

const problem = (c: Request, title: TextName, text: TextName, status: 403 | 404) =>
  page(c, <ProblemPage view={c.get('view')} title={title} text={text} />, status);

/** A record's id, or `none`: the contact has no record. */
async function answer(c: Request, { view, event, contacts, deps }: Asking): Promise<Response> {
  const { deployment, now, operator } = view.options;
  const back = (did: string) => c.redirect(hrefOf(view, ['events', event.eventId], { did }), 303);
  const { contact, record, none } = await c.req.parseBody();
  const isRecord = typeof record === 'string' && record !== '';
  if (typeof contact !== 'string' || !contacts.includes(contact)) return back('not-possible');
  if (isRecord === (none === '1')) return notFound(c, event.eventId);
  const said = { contact, ...(isRecord && { record }) };
  const confirmed = isRecord ? await confirmCandidate(event, { contact, record }, deps) : 'written';
  if (confirmed !== 'written') return back(confirmed);
  const { ledger } = parts(c);
  const result = await answerLink(event.eventId, said, { ledger, queue: deployment.queue, now, by: operator });
  return back(result === 'queued' ? (isRecord ? 'linked' : 'no-record') : result);
}
