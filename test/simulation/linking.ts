import { aroundCalls } from '../../lib/around-calls.ts';
import { OutOfTime } from '../../lib/errors.ts';
import type { Contact } from '../../lib/ledger/contacts.ts';
import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { writeLink } from '../../lib/linking/contact-links.ts';
import { decideLink } from '../../lib/linking/decide-link.ts';
import { sealOf } from '../../lib/linking/link-plan.ts';
import { rememberContact } from '../../lib/linking/remember-contact.ts';
import type { LinkRules } from '../../lib/linking/search-records.ts';
import type { ContactLinks } from '../../lib/merge/contact-links.ts';
import type { LinkableCrm, LinkRecord } from '../../lib/ports.ts';
import { answerLink, askedContacts } from '../../lib/recovery/answer-link.ts';
import { operate } from '../../lib/recovery/operator-actions.ts';
import { eventKey } from '../ledger/raw-records.ts';
import type { History } from './history.ts';
import type { SeenRecord } from './oracle.ts';
import type { Actor } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedCrm } from './simulated-crm.ts';
import { operatorPorts, type World } from './world.ts';

const RULES: LinkRules = { events: ['mobile', 'email'], country: 'CN', sharedByAtMost: 3 };
const SALT = 'salt';

type Key = 'mobile' | 'email';
type Keys = Record<Key, string[]>;

/** A tenant whose records do not all carry ids: who is who is told by events about single contacts, and by an operator. */
export interface SimulatedLinking {
  /** What 尘锋 knows each contact by. */
  people: Map<string, Keys>;
  /** Whose each record is. */
  owners: Map<string, string>;
  events: { id: string; body: object; at: number }[];
  /** Contacts of the remembered export. */
  exported: string[];
  asks: boolean;
  /** Links against promise 12. */
  wrong: string[];
  made: number;
}

/** What linking needs of a simulated tenant. */
interface LinkedTenant {
  name: string;
  history: History;
  crm: SimulatedCrm;
  before: SeenRecord[];
  linking?: SimulatedLinking;
  observing: object | undefined;
}

/** Takes the ids off some of a tenant's records, and gives both sides keys, some of them shared. */
export function makeLinking(
  random: SeededRandom,
  { history, crm, before }: LinkedTenant,
  start: number,
): SimulatedLinking | undefined {
  const ids = before.map(({ contactId }) => contactId);
  if (!crm.linkable || !random.chance(0.3) || new Set(ids).size < ids.length) return undefined;
  const people = new Map(history.contacts.map((contact, index) => [contact, keysOfPerson(random, index)]));
  const owners = new Map<string, string>();
  for (const { recordId, contactIds } of crm.linkable.records()) {
    const [contact = ''] = contactIds;
    owners.set(recordId, contact);
    crm.linkable.change(recordId, someOf(random, people.get(contact)), random.chance(0.6));
  }
  for (const contact of history.contacts) {
    if (!ids.includes(contact) && random.chance(0.5))
      owners.set(crm.linkable.seed(someOf(random, people.get(contact))), contact);
    // A contact is there twice; an operator takes this record for another person's.
    if (random.chance(0.15)) crm.linkable.seed(someOf(random, people.get(contact)));
  }
  const couple = random.chance(0.5) ? coupleIn(random, history) : undefined;
  if (couple) people.set(couple.loser, { ...NO_KEYS, mobile: people.get(couple.other)?.mobile ?? [] });
  const events = history.contacts.flatMap((contact, index) => eventsAbout(random, contact, index, people));
  const atOf = (contact: string) => {
    if (contact === couple?.loser) return 60_000 + random.below(60_000);
    return contact === couple?.other ? 500_000 + random.below(300_000) : random.below(300_000);
  };
  return {
    people,
    owners,
    exported: history.contacts.filter((contact) => random.chance(0.8) && contact !== couple?.loser),
    events: events.map((event) => ({ ...event, at: start + atOf(event.body.id) })),
    asks: random.chance(0.5),
    wrong: [],
    made: 0,
  };
}

const NO_KEYS: Keys = { mobile: [], email: [] };

/** A contact that is merged away, and one of another person that it shares a number with: only its own event tells of that. */
function coupleIn(random: SeededRandom, { events, contacts }: History) {
  const { survivor, losers } = random.pick(events);
  const others = contacts.filter((contact) => contact !== survivor && !losers.includes(contact));
  const [loser] = losers;
  return loser === undefined || others.length === 0 ? undefined : { loser, other: random.pick(others) };
}

function keysOfPerson(random: SeededRandom, index: number): Keys {
  const number = random.chance(0.3) ? `1390013900${random.below(2)}` : `1380013${String(8001 + 7 * index)}`;
  const address = random.chance(0.2) ? 'office@example.com' : `c${index}@example.com`;
  return { mobile: random.chance(0.9) ? [number] : [], email: random.chance(0.6) ? [address] : [] };
}

/** A record has not all that 尘锋 knows, and its number may be an old one. */
function someOf(random: SeededRandom, keys: Keys = { mobile: [], email: [] }): Record<string, string> {
  const known = Object.entries(keys).flatMap(([key, [value]]) =>
    value !== undefined && random.chance(0.8) ? [[key, value]] : [],
  );
  const old = random.chance(0.15) ? { mobile: `1370013${7001 + 7 * random.below(400)}` } : {};
  return { ...Object.fromEntries(known), ...old };
}

function eventsAbout(random: SeededRandom, contact: string, index: number, people: Map<string, Keys>) {
  return Array.from({ length: 1 + random.below(2) }, (_, count) => {
    const { mobile = [], email = [] } = people.get(contact) ?? {};
    const changed = { mobiles: mobile, ...(!random.chance(0.1) && { email: email[0] ?? '' }) };
    return {
      id: `k${index}-${count}`,
      body: { id: contact, account: 'W1', triggerTs: 1_700_000_000 + count, changed },
    };
  });
}

/** What `link --remember` has written before. */
export function rememberExport({ ledger }: World, { name, linking }: LinkedTenant): void {
  if (!linking) return;
  const owners = new Map<string, string[]>();
  for (const contact of linking.exported)
    for (const [key, values] of Object.entries(linking.people.get(contact) ?? {}))
      for (const value of values) {
        const seal = sealOf(SALT, key, key === 'mobile' ? `+86${value}` : value);
        owners.set(seal, [...(owners.get(seal) ?? []), contact]);
      }
  const put = (kind: string, id: string, value: unknown) =>
    ledger.put({ tenant: name, kind, id }, value, { expected: 0 });
  const remembered = { at: 1, contacts: linking.exported.length, keys: RULES.events, country: RULES.country };
  put('key-base', 'base', { salt: SALT, remembered });
  for (const [seal, contacts] of owners) put('key-owners', seal, contacts);
}

/** The tenant's links as this worker has them; a write in observe mode is a complaint. */
export function linksOf(tenant: LinkedTenant, world: World, actor: Actor): ContactLinks {
  const crm = portOf(tenant, world, actor);
  const inTime = (isOutOfTime: () => boolean): LinkableCrm =>
    aroundCalls(crm, async (call) => {
      if (isOutOfTime()) throw new OutOfTime('the function’s time is used up');
      return call();
    });
  return {
    remember: (contact, known) => rememberContact(contact, { ...known, rules: RULES }),
    decide: (contact, known) => decideLink(contact, { ...known, rules: RULES, crm: inTime(known.isOutOfTime) }),
    write: (recordId, contactId, known) => writeLink(inTime(known.isOutOfTime), recordId, contactId),
  };
}

function portOf(tenant: LinkedTenant, world: World, actor: Actor): LinkableCrm {
  const { crm, linking } = tenant;
  if (!crm.linkable || !linking) throw new Error('this CRM is not linked');
  const { records, port } = crm.linkable;
  const isOperator = actor.name.startsWith('operator');
  return port(world, actor, (contactId, recordId) => {
    const now = records();
    const wrong = wrongLink(world, tenant, { contactId, recordId, now, isConfirmed: isOperator });
    if (wrong !== undefined) linking.wrong.push(`promise 12: ${wrong}`);
    if (now.find((one) => one.recordId === recordId)?.contactIds.length === 0) noteLink(tenant, contactId, recordId);
  });
}

/** From now on the oracle knows the record as the contact's. */
function noteLink({ before, crm, linking }: LinkedTenant, contactId: string, recordId: string): void {
  if (linking) linking.made += 1;
  const values = crm.linkable?.valuesOf(recordId) ?? {};
  before.push({ contactId, values });
}

interface NewLink {
  contactId: string;
  recordId: string;
  /** All records, just before. */
  now: LinkRecord[];
  /** A human said so. */
  isConfirmed: boolean;
}

/** Promise 12: an id goes only on a record without one, by a key that is unique on both sides and that no stronger one contradicts. */
function wrongLink(world: World, tenant: LinkedTenant, { contactId, recordId, now, isConfirmed }: NewLink) {
  const record = now.find((one) => one.recordId === recordId);
  if (!record || record.contactIds.includes(contactId)) return undefined;
  if (record.contactIds.length > 0) return `the id of ${recordId} was overwritten`;
  if (isConfirmed) return undefined;
  const mine = tenant.linking?.people.get(contactId);
  for (const key of RULES.events) {
    const theirs = record.values[key] ?? [];
    const common = (mine?.[key] ?? []).filter((value) => theirs.includes(value));
    if (common.some((value) => isUnique(world, tenant, { key, value, contactId, now }))) return undefined;
    const tells = (value: string) => isOfFew(tenant, { key, value, now });
    const disagrees = common.length === 0 && (mine?.[key] ?? []).some(tells) && theirs.some(tells);
    if (disagrees) return `${contactId} was linked to ${recordId} against its ${key}`;
  }
  return `${contactId} was linked to ${recordId} by no key that is unique`;
}

/** A value of more than these is no key at all, and contradicts nothing. */
function isOfFew({ linking }: LinkedTenant, { key, value, now }: Omit<SharedKey, 'contactId'>): boolean {
  const people = [...(linking?.people.values() ?? [])].filter((keys) => keys[key].includes(value)).length;
  const records = now.filter(({ values }) => values[key]?.includes(value)).length;
  return Math.max(people, records) <= RULES.sharedByAtMost;
}

interface SharedKey {
  key: Key;
  value: string;
  contactId: string;
  now: LinkRecord[];
}

function isUnique(world: World, tenant: LinkedTenant, { key, value, contactId, now }: SharedKey): boolean {
  const records = now.filter(({ values }) => values[key]?.includes(value));
  const people = [...(tenant.linking?.people ?? [])].filter(([, keys]) => keys[key].includes(value));
  const known = people.filter(([contact]) => isKnown(world, tenant, contact));
  const persons = new Set(known.map(([contact]) => survivorOf(world, tenant, contact)));
  return records.length <= 1 && [...persons].every((person) => person === survivorOf(world, tenant, contactId));
}

/** The event was worked on, whatever became of it. */
const READ_REASONS = ['not-linked:several-contacts', 'not-linked:contact-merged'];
/** From a decision on, a worker may write until it is killed, and the write may arrive until a minute later. */
const SENT_LONG_AGO_MS = 150_000;

/** Of a contact that no export has, nothing is known before an event about it has ended; a link may be on its way then. */
function isKnown(world: World, { name, linking }: LinkedTenant, contact: string): boolean {
  if (linking?.exported.includes(contact)) return true;
  const told = linking?.events.filter(({ body }) => (body as { id: string }).id === contact) ?? [];
  return told.some(({ id }) => {
    const record = world.events.get<EventRecord>(eventKey(name, id))?.value;
    const wasRead = record?.state === 'applied' || READ_REASONS.includes(record?.reason ?? '');
    return wasRead && (record?.updatedAt ?? 0) + SENT_LONG_AGO_MS < world.scheduler.now();
  });
}

function survivorOf({ ledger }: World, { name }: LinkedTenant, contact: string): string {
  const found = ledger.get<Contact>({ tenant: name, kind: 'contact', id: contact })?.value;
  return found?.mergedInto === undefined
    ? contact
    : survivorOf({ ledger } as World, { name } as LinkedTenant, found.mergedInto);
}

const MAX_TRIES = 8;

/** A human answers for the contacts of parked events, and tries events about single contacts again. */
export async function operateLinking(
  world: World,
  tenant: LinkedTenant,
  records: Iterable<EventRecord>,
): Promise<void> {
  const { linking, name } = tenant;
  if (!linking) return;
  const ports = operatorPorts(world, name);
  const deps = { ...ports, now: world.scheduler.now, by: 'operator' };
  for (const record of records)
    for (const contact of askedContacts(record).slice(0, 1))
      await answer(world, tenant, record.eventId, contact, deps).catch(() => undefined);
  for (const { id } of linking.events) {
    const record = world.events.get<EventRecord>(eventKey(name, id))?.value;
    if (record && waitsForOperator(record)) await operate(id, 'replay', deps).catch(() => undefined);
  }
}

const waitsForOperator = ({ state, reason, operatorActions = [] }: EventRecord) =>
  state === 'parked' &&
  (reason === 'crm-auth' || (reason?.startsWith('crm-refused') && operatorActions.length < MAX_TRIES));

type OperatorPorts = ReturnType<typeof operatorPorts> & { now: () => number; by: string };

/** As `link --event` does it: the intent first, the id, then the answer. */
async function answer(world: World, tenant: LinkedTenant, eventId: string, contact: string, deps: OperatorPorts) {
  const records = tenant.crm.linkable?.records() ?? [];
  const carrier = records.find(({ contactIds }) => contactIds.includes(contact));
  const own = records.find(
    (one) => one.contactIds.length === 0 && tenant.linking?.owners.get(one.recordId) === contact,
  );
  if (own && !carrier) {
    const intent = { eventId, contactId: contact, recordId: own.recordId };
    const crm = portOf(tenant, world, world.newActor('operator'));
    const write = () => writeLink(crm, own.recordId, contact);
    const when = { at: world.scheduler.now() };
    if ((await deps.ledger.linkIntents.during(intent, when, write)) !== 'written') return;
  }
  const record = carrier?.recordId ?? own?.recordId;
  await answerLink(eventId, { contact, ...(record !== undefined && { record }) }, deps);
}

/** Whether every event about a single contact, and every question, has come to its end. */
export function isLinked(world: World, { name, linking }: LinkedTenant, records: Iterable<EventRecord>): boolean {
  if (!linking) return true;
  const isOver = ({ id }: { id: string }) => {
    const record = world.events.get<EventRecord>(eventKey(name, id))?.value;
    return record !== undefined && ['applied', 'skipped', 'parked'].includes(record.state) && !waitsForOperator(record);
  };
  return linking.events.every(isOver) && [...records].every((record) => askedContacts(record).length === 0);
}

/** Promise 12 for the whole run: links by no guess, and nothing merged past a contact that was to be asked after. */
export function linkViolations({ linking, observing }: LinkedTenant, records: Iterable<EventRecord>): string[] {
  if (!linking) return [];
  if (!linking.asks || observing) return linking.wrong;
  const unasked = [...records].flatMap(({ eventId, state, missing = [], withoutRecord = [] }) => {
    const left =
      state === 'applied' || state === 'skipped' ? missing.filter((one) => !withoutRecord.includes(one)) : [];
    return left.map((contact) => `promise 12: event ${eventId} went on without an answer about ${contact}`);
  });
  return [...linking.wrong, ...unasked];
}
