/**
 * The console over 100 000 events and a merge tree of 5 000 contacts: `npm run bench -- --only console`. The store makes up
 * each document when it is asked, and keeps none, so that time and memory are the console's own. Prints JSON.
 */
import { startConsole } from '../../lib/console/server.ts';
import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { createLedger } from '../../lib/ledger/ledger.ts';
import type { DocumentKey, Documents, Listed, ListRange, Stored } from '../../lib/ports.ts';

const EVENTS = 100_000;
const CONTACTS = 5_000;
const APART_MS = 2_000; // Two days and a bit of events: the chart of a day has 43 000 of them.
const TRIES = 5;
const LIMITS = { pageMs: 300, memoryMb: 200 };

const now = Date.now();
const timeOf = (n: number) => now - (EVENTS - n) * APART_MS;
const idOf = (n: number) => `${String(n).padStart(8, '0')}-6180-4ded-a5a5-a315369e6b1e`;

/** Of 50 events one is parked, of 97 one is held, the last 500 are on their way, all others are merged. */
function listNamed(n: number): 'open' | 'parked' | 'held' | 'applied' {
  if (n >= EVENTS - 500) return 'open';
  return n % 50 === 0 ? 'parked' : n % 97 === 0 ? 'held' : 'applied';
}

function recordOf(n: number): EventRecord {
  const list = listNamed(n);
  const facts = {
    ...{ tenant: 'acme', eventId: idOf(n), kind: 'merge', name: 'CRM_MERGE/CRM_CONTACT_MERGED', digest: `d${n}` },
    ...{ receivedAt: timeOf(n), updatedAt: timeOf(n) + 1_500, plan: 0 },
  };
  const reason = { parked: 'self-merge', held: 'tenant-hour-limit' }[list as string];
  return { ...facts, state: list === 'open' ? 'stored' : list, ...(reason && { reason }) } as unknown as EventRecord;
}

/** Contact n was merged into its parent. */
type Shape = (n: number) => number;
const SHAPES: Record<string, Shape> = {
  eight: (n) => Math.floor((n - 1) / 8),
  flat: () => 0,
  chain: (n) => n - 1,
};

function childrenOf(shape: Shape): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (let n = 1; n < CONTACTS; n++) children.set(shape(n), [...(children.get(shape(n)) ?? []), n]);
  return children;
}

/** `eight-17` is the 17th contact of that tree. */
const contactId = (shape: string, n: number) => `${shape}-${n}`;
const TREES = new Map(Object.entries(SHAPES).map(([name, shape]) => [name, childrenOf(shape)]));

function contactOf(id: string): unknown {
  const [shape = '', number = ''] = id.split('-');
  const parent = SHAPES[shape]?.(Number(number));
  if (parent === undefined) return undefined;
  if (number === '0') return { recordId: 'r0' };
  const into = contactId(shape, parent);
  return {
    mergedInto: contactId(shape, 0),
    parent: into,
    mergedBy: idOf(Number(number)),
    mergedAt: timeOf(Number(number)),
  };
}

function losersOf(list: string): Listed[] {
  const [, shape = '', number = ''] = /^into#(\w+)-(\d+)$/.exec(list) ?? [];
  const losers = TREES.get(shape)?.get(Number(number)) ?? [];
  return losers.map((n) => ({ id: contactId(shape, n), at: timeOf(n) }));
}

function listed(list: string, { before, after = 0, limit, newestFirst }: ListRange): Listed[] {
  if (list.startsWith('into#')) return losersOf(list).slice(0, limit);
  const found: Listed[] = [];
  for (let step = 0; step < EVENTS && found.length < limit; step++) {
    const n = newestFirst ? EVENTS - 1 - step : step;
    const at = timeOf(n);
    if (at <= before && at >= after && listNamed(n) === list) found.push({ id: idOf(n), at });
  }
  return found;
}

function madeUp({ kind, id }: DocumentKey): unknown {
  if (kind === 'event') return recordOf(Number(id.slice(0, 8)));
  return kind === 'contact' ? contactOf(id) : undefined;
}

const never = () => Promise.reject(new Error('the pages only read'));
/** Its time counts as the console's: the figures are a little worse than the truth. */
const answered = <T>(work: () => T): Promise<T> => Promise.resolve(work());

const stored = <T>(key: DocumentKey): Stored<T> | undefined => {
  const value = madeUp(key);
  return value === undefined ? undefined : { value: value as T, version: 1 };
};

const documents: Documents = {
  get: <T>(key: DocumentKey) => answered(() => stored<T>(key)),
  getMany: <T>(keys: DocumentKey[]) => answered(() => keys.map((key) => stored<T>(key))),
  all: () => Promise.resolve([]),
  listed: (_tenant, list, range) => answered(() => listed(list, range)),
  put: never,
  add: never,
};

const PAGES: [figure: string, path: string][] = [
  ['overview', '/acme'],
  ['events, first page', '/acme/events'],
  ['events of a reason', '/acme/events?state=parked&reason=self-merge'],
  ['events as CSV', '/acme/events.csv'],
  ['bulk actions', '/acme/bulk'],
  ['contact, eight losers each', `/acme/contacts/${contactId('eight', 0)}`],
  ['the same, unfolded', `/acme/contacts/${contactId('eight', 0)}?open=*`],
  ['contact, all in one', `/acme/contacts/${contactId('flat', 0)}`],
  ['contact, a chain', `/acme/contacts/${contactId('chain', 0)}`],
];

async function measure() {
  const tables = { events: documents, ledger: documents };
  let count = 0;
  const console_ = await startConsole({
    deployment: {
      name: 'bench',
      tenants: ['acme'],
      ledger: () => createLedger(tables, 'acme'),
      rates: documents,
      queue: { send: never },
    },
    ...{ operator: '', allowActions: false, language: 'en', now: () => now, explain: String },
    ...{ newId: () => `${count++}`, newToken: () => `token-${count++}` },
  });
  const { headers } = await fetch(console_.freshUrl(), { redirect: 'manual' });
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
  const rows = [];
  for (const [figure, path] of PAGES) rows.push(await pageRow(figure, `${console_.url}${path}`, cookie));
  const memory = process.resourceUsage().maxRSS / 1_024;
  rows.push({
    figure: 'memory at most',
    value: memory,
    unit: 'MB',
    limit: LIMITS.memoryMb,
    ok: memory <= LIMITS.memoryMb,
  });
  await console_.close();
  return { part: 'console', rows };
}

/** CPU time of this process, that of client and store included: other work on the machine does not count. */
async function pageRow(figure: string, url: string, cookie: string) {
  const times: number[] = [];
  for (let n = 0; n < TRIES; n++) {
    const before = process.cpuUsage();
    const answer = await fetch(url, { headers: { cookie } });
    await answer.text();
    if (answer.status !== 200) throw new Error(`${url} answers ${answer.status}`);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1_000);
  }
  const value = times.sort((a, b) => a - b)[Math.floor(TRIES / 2)] ?? 0;
  return { figure: `${figure}, CPU`, value, unit: 'ms', limit: LIMITS.pageMs, ok: value <= LIMITS.pageMs };
}

console.log(JSON.stringify(await measure()));
