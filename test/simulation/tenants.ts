import { createFieldMapping } from '../../lib/mapping/field-mapping.ts';
import type { FieldMapping, MergePolicy } from '../../lib/merge/policy.ts';
import type { TenantCrm } from '../../lib/merge/tenant-crm.ts';
import type { Crm } from '../../lib/ports.ts';
import { DEFAULT_POLICY } from '../merge/default-policy.ts';
import { FIELDS, type FieldKey, type History, makeHistory } from './history.ts';
import { linksOf, makeLinking, type SimulatedLinking } from './linking.ts';
import type { SeenRecord } from './oracle.ts';
import type { Actor } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { CrmMaker, SimulatedCrm } from './simulated-crm.ts';
import type { World } from './world.ts';

/** A tenant of the simulated service: its history, its CRM, and what it wants. */
export interface SimulatedTenant {
  name: string;
  history: History;
  crm: SimulatedCrm;
  policy: MergePolicy;
  mapping: FieldMapping;
  /** Fields whose mapping says `if-empty`. */
  ifEmpty: FieldKey[];
  /** What the CRM held before. */
  before: SeenRecord[];
  /** Contacts whose records get their ids while events come in; those that are still to come. */
  late: LateContact[];
  wasLate: boolean;
  /** Observe mode is on from … until (milliseconds since 1970). */
  observing: { from: number; until: number } | undefined;
  /** Left out: who is who is not told by events about single contacts, and no operator is asked. */
  linking?: SimulatedLinking;
  /** Calls that may write, made by a worker that was told to observe. */
  sentWhileObserving: string[];
}

/** A record that nothing told apart from a stranger's until its id was written on it. */
export interface LateContact {
  contact: string;
  values: Record<string, string>;
  /** Milliseconds since 1970. */
  at: number;
}

const MAPPING = { remark: 'remark', position: 'position', address: 'address', 'customFields.c1': 'c1' };
const NAMES = ['t', 't2'];

/** One tenant, or two whose contacts and events have the same ids. */
export function makeTenants(random: SeededRandom, makeCrm: CrmMaker, how: { calm: boolean; start: number }) {
  const [name = '', otherName = ''] = NAMES;
  const first = makeTenant(random, name, makeHistory(random, random.chance(0.2)), makeCrm, how);
  if (!random.chance(0.12)) return [first];
  const history = likeAnother(makeHistory(random, random.chance(0.2)), first.history);
  return [first, makeTenant(random, otherName, history, makeCrm, how)];
}

function makeTenant(
  random: SeededRandom,
  name: string,
  history: History,
  makeCrm: CrmMaker,
  { calm, start }: { calm: boolean; start: number },
): SimulatedTenant {
  const crm = makeCrm(random);
  const ifEmpty = crm.hasNoMapping || !random.chance(0.2) ? [] : FIELDS.filter(() => random.chance(0.5));
  const observes = !calm && random.chance(0.12);
  const from = start + random.below(60_000);
  const late = seedCrm(random, name, { history, crm, start, calm });
  return {
    name,
    history,
    crm,
    mapping: createFieldMapping(name, withIfEmpty(crm.mapping ?? MAPPING, ifEmpty)),
    policy: {
      ...DEFAULT_POLICY,
      whenMissing: random.chance(crm.cannotCreate ? 0 : 0.2) ? 'create' : 'skip',
      fields: random.chance(0.2) ? 'snapshot' : 'changed',
    },
    ifEmpty,
    before: crm.seen(),
    late,
    wasLate: late.length > 0,
    observing: observes ? { from, until: from + random.below(random.chance(0.5) ? 20_000 : 300_000) } : undefined,
    sentWhileObserving: [],
  };
}

/** Some tenants of record-style CRMs are linked while events come in; from a source of chance of its own. */
export function linkSome(random: SeededRandom, tenants: SimulatedTenant[], start: number): void {
  for (const tenant of tenants) {
    const linking = makeLinking(random, tenant, start);
    if (!linking) continue;
    tenant.linking = linking;
    tenant.policy.whenMissing = linking.asks ? 'ask' : 'skip';
    tenant.before = tenant.crm.seen().filter(({ contactId }) => contactId !== undefined);
    tenant.wasLate = true;
  }
}

/** The same ids as in another tenant's history, and values that tell whose they are. */
function likeAnother(history: History, other: History): History {
  const marked = (values: Partial<Record<FieldKey, string>>) =>
    Object.fromEntries(Object.entries(values).map(([field, value]) => [field, value && `${NAMES[1]}:${value}`]));
  const events = history.events.map((event, index) => ({
    ...event,
    // Its own where the other has no event left, told apart: two events of one history never share an id.
    id: other.events[index]?.id ?? `${event.id}-own`,
    changed: marked(event.changed),
    old: marked(event.old),
  }));
  return { ...history, events };
}

function withIfEmpty(mapping: Record<string, string>, ifEmpty: FieldKey[]) {
  return Object.fromEntries(
    Object.entries(mapping).map(([field, to]) => [
      field,
      ifEmpty.includes(field as FieldKey) ? { to, overwrite: 'if-empty' } : to,
    ]),
  );
}

interface Seeding {
  history: History;
  crm: SimulatedCrm;
  start: number;
  calm: boolean;
}

/** @returns contacts that the CRM knows later. A CRM that merges by itself answers for contacts that it learns of. */
function seedCrm(random: SeededRandom, name: string, { history, crm, start, calm }: Seeding): LateContact[] {
  const canBeLate = !calm && !crm.hasNoMapping && random.chance(0.4);
  const late: LateContact[] = [];
  for (const contact of history.contacts) {
    if (random.chance(0.2)) continue;
    const values = someValues(random, name, contact);
    if (canBeLate && random.chance(0.5)) late.push({ contact, values, at: start + random.below(300_000) });
    else crm.seed(contact, values);
    if (random.chance(0.02) && late.length === 0) crm.seed(contact, someValues(random, name, contact));
  }
  return late;
}

/** The id is written on the record, unless an event has given it to another by then. */
export function linkLate(tenant: SimulatedTenant, contact: string): void {
  const [one] = tenant.late.filter((late) => late.contact === contact);
  tenant.late = tenant.late.filter((late) => late !== one);
  if (!one || tenant.crm.seen().some(({ contactId }) => contactId === contact)) return;
  tenant.crm.seed(contact, one.values);
  tenant.before.push(...tenant.crm.seen().filter(({ contactId }) => contactId === contact));
}

function someValues(random: SeededRandom, name: string, contact: string): Record<string, string> {
  const mark = name === NAMES[0] ? '' : `${name}:`;
  const filled = FIELDS.filter(() => random.chance(0.5));
  return Object.fromEntries(filled.map((field) => [field, `${mark}${contact}:${field}:at-first`]));
}

/** Whether a value is another tenant's. */
export function isForeign({ name }: SimulatedTenant, value: string): boolean {
  return value !== '' && value.startsWith(`${NAMES[1]}:`) !== (name === NAMES[1]);
}

export function isObserving({ observing }: SimulatedTenant, now: number): boolean {
  return observing !== undefined && observing.from <= now && now < observing.until;
}

/** The tenant's settings as a worker reads them now, and its CRM as this worker sees it. */
export function settingsOf(tenant: SimulatedTenant | undefined, world: World, actor: Actor): TenantCrm {
  if (!tenant) throw new Error('no such tenant');
  const { crm, policy, mapping } = tenant;
  const port = crm.port(world, actor);
  const links = tenant.linking && linksOf(tenant, world, actor);
  if (!isObserving(tenant, world.scheduler.now())) return { crm: port, policy, mapping, ...(links && { links }) };
  const complain = (call: string) => tenant.sentWhileObserving.push(call);
  const watchedLinks = links && {
    ...links,
    write(...args: Parameters<typeof links.write>) {
      complain('write ids');
      return links.write(...args);
    },
  };
  const observing = { crm: watched(port, complain), policy: { ...policy, mode: 'observe' as const }, mapping };
  return { ...observing, ...(watchedLinks && { links: watchedLinks }) };
}

function watched(crm: Crm, complain: (call: string) => void): Crm {
  const watch =
    <A extends unknown[], R>(name: string, call: (...args: A) => R) =>
    (...args: A): R => {
      complain(name);
      return call(...args);
    };
  if (crm.style === 'command') return { ...crm, send: watch('send', (...args) => crm.send(...args)) };
  const { create } = crm;
  return {
    style: crm.style,
    name: crm.name,
    rules: crm.rules,
    find: (...args) => crm.find(...args),
    locate: (...args) => crm.locate(...args),
    ...(crm.undo && { undo: { ...crm.undo, bringBack: watch('bring back', crm.undo.bringBack) } }),
    merge: watch('merge', (...args) => crm.merge(...args)),
    update: watch('update', (...args) => crm.update(...args)),
    ...(create && { create: watch('create', (write) => create.call(crm, write)) }),
  };
}
