import { createServer, type IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { webhookKeys } from '../../crm/http/standard-webhooks.ts';
import { type JsonObject, jsonIn } from '../../json.ts';
import { splitUrl } from '../gateway-event.ts';
import { guardServer } from '../guard-server.ts';
import { close, HOST, listen } from '../listen.ts';
import { readBody } from '../read-body.ts';
import { createDemoContacts, type DemoCommand, type DemoContacts } from './contacts.ts';
import { demoCrmPage, type PageStep } from './page.ts';
import { verifyWebhook } from './verify-webhook.ts';

export interface DemoCrmOptions {
  /** Shared with the sender of the commands; `whsec_…`. */
  secret: string;
  /** Where it keeps its contacts; in memory if left out. */
  file?: string;
  /** Milliseconds since 1970. */
  now: () => number;
  /** An address of the console that opens it once. @param path of a page of it */
  consolePage?(path: string): string | undefined;
  /** What its page says to try next. */
  steps?: () => PageStep[];
}

interface Answer {
  status: number;
  body: string;
  type: string;
}

const MOST_BYTES = 32 * 1024 * 1024;

/**
 * An in-house CRM of the smallest kind: it honours the command-style contract over HTTP, and shows what it knows.
 * `POST /merges` takes commands; `GET /contacts`, `GET /contacts/{id}`, `POST /contacts` and `GET /merges` are for people
 * and tests.
 */
export async function startDemoCrm(options: DemoCrmOptions) {
  const contacts = createDemoContacts(options.file);
  const keys = webhookKeys(options.secret);
  const server = createServer((request, response) => {
    answer(request, { ...options, contacts, keys })
      .catch(() => json(500, { error: 'unforeseen' }))
      .then(({ status, type, body }) => response.writeHead(status, { ...SECURITY, 'content-type': type }).end(body))
      .catch(() => response.destroy());
  });
  guardServer(server, { pages: true });
  const url = `http://${HOST}:${await listen(server, 0)}`;
  return { url, endpoint: `${url}/merges`, contacts, close: (patienceMs: number) => close(server, patienceMs) };
}

const SECURITY = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  'x-frame-options': 'DENY',
};

interface Deps extends DemoCrmOptions {
  contacts: DemoContacts;
  keys: Buffer[];
}

const json = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
});

async function answer(request: IncomingMessage, deps: Deps): Promise<Answer> {
  const { path } = splitUrl(request.url ?? '/');
  if (request.method === 'GET') return show(path, deps);
  const body = await readBody(request, MOST_BYTES);
  if (!body) return json(413, { error: 'too large' });
  if (path === '/merges') return takeCommand({ headers: request.headers, body: body.toString('utf8') }, deps);
  if (path === '/contacts') return takeContact(request, body.toString('utf8'), deps.contacts);
  return json(404, { error: 'no such page' });
}

function show(path: string, { contacts, steps, consolePage }: Deps): Answer {
  if (path === '/')
    return { status: 200, type: 'text/html; charset=utf-8', body: demoCrmPage(contacts, steps?.(), consolePage) };
  if (path === '/contacts') return json(200, { contacts: contacts.all() });
  if (path === '/merges') return json(200, { merges: contacts.merges(), pairs: pairsOf(contacts) });
  const id = path.startsWith('/contacts/') ? decodeURIComponent(path.slice('/contacts/'.length)) : undefined;
  if (id === undefined) return json(404, { error: 'no such page' });
  const contact = contacts.get(id);
  return contact ? json(200, contact) : json(404, { error: 'no such contact', mergedInto: contacts.mergedInto(id) });
}

/** How many commands in effect have named each pair: more than one is one too many. */
function pairsOf(contacts: DemoContacts) {
  const pairs = new Map<string, { survivorId: string; loserId: string; effects: number }>();
  for (const { survivorId, loserIds } of contacts.merges())
    for (const loserId of loserIds) {
      const key = JSON.stringify([survivorId, loserId]);
      const pair = pairs.get(key) ?? { survivorId, loserId, effects: 0 };
      pairs.set(key, { ...pair, effects: pair.effects + 1 });
    }
  return [...pairs.values()];
}

const id = v.pipe(v.string(), v.minLength(1));
const fields = v.pipe(
  v.record(v.string(), v.unknown()),
  v.transform((value) => value as JsonObject),
);
const ContactSchema = v.object({ id, fields });
const PingSchema = v.object({ type: v.literal('ping') });
const CommandSchema = v.object({
  type: v.literal('contact.merged'),
  data: v.object({ tenant: v.string(), eventId: id, survivorId: id, loserIds: v.array(id), changed: fields }),
});

function takeContact(request: IncomingMessage, body: string, contacts: DemoContacts): Answer {
  // A form on some page in the developer's browser cannot send this type without asking first.
  if (!request.headers['content-type']?.startsWith('application/json')) return json(415, { error: 'send JSON' });
  const parsed = v.safeParse(ContactSchema, jsonIn(body));
  if (!parsed.success) return json(400, { error: 'needs {"id":"…","fields":{…}}' });
  contacts.put(parsed.output.id, parsed.output.fields);
  return json(201, contacts.get(parsed.output.id));
}

function takeCommand(received: { headers: IncomingMessage['headers']; body: string }, deps: Deps): Answer {
  const webhookId = verifyWebhook(received, deps.keys, deps.now());
  if (webhookId === undefined) return json(401, { code: 'bad-signature' });
  const said = jsonIn(received.body);
  if (v.is(PingSchema, said)) return json(200, { code: 'pong' });
  const parsed = v.safeParse(CommandSchema, said);
  if (!parsed.success) return json(400, { code: 'bad-command' });
  const command: DemoCommand = { webhookId, ...parsed.output.data };
  const merged = deps.contacts.merge(command, deps.now());
  if (merged === 'done') return json(200, { code: 'done' });
  return merged === 'unknown-contacts' ? json(404, { code: merged }) : json(409, { code: merged.contradiction });
}
