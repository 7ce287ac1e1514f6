import type { EventRecord } from '../../lib/ledger/event-record.ts';
import type { Documents } from '../../lib/ports.ts';
import { readRecord } from '../ledger/raw-records.ts';
import { digestOf, FIELDS, type History, makeHistory } from '../simulation/history.ts';
import { type SeenRecord, violations } from '../simulation/oracle.ts';
import { createSeededRandom, type SeededRandom } from '../simulation/seeded-random.ts';
import { KINDS, type Kind, type TenantOrder } from './orders.ts';
import { createTenantCrm, type TenantCrmServer } from './tenant-crms.ts';

/** One history, the tenant it happens to, and that tenant's CRM. */
export interface Tenant {
  order: TenantOrder;
  random: SeededRandom;
  history: History;
  crm: TenantCrmServer;
  before: SeenRecord[];
}

/** @param length events of its history; a few if left out. */
export function createTenant(seed: number, index: number, now: () => number, length?: number): Tenant {
  const random = createSeededRandom(seed + index);
  const kind = KINDS[index % KINDS.length] as Kind;
  const history = makeHistory(random, random.chance(0.2), length);
  const crm = createTenantCrm(kind, random, now);
  for (const contact of history.contacts) {
    if (random.chance(0.2)) continue;
    const filled = FIELDS.filter(() => random.chance(0.5));
    crm.seed(contact, Object.fromEntries(filled.map((field) => [field, `${contact}:${field}:at-first`])));
  }
  const whenMissing = random.chance(0.2) ? 'create' : 'skip';
  const order: TenantOrder = { name: `${kind}-${index}`, kind, whenMissing, ...(crm.rules && { rules: crm.rules }) };
  return { order, random, history, crm, before: crm.seen() };
}

async function recordsOf({ order, history }: Tenant, events: Documents): Promise<Map<string, EventRecord>> {
  const records = new Map<string, EventRecord>();
  for (const event of history.events) {
    // The first id under which a content came is the event's.
    const claim = await events.get<{ eventId: string }>({ kind: 'content', id: digestOf(event), tenant: order.name });
    const stored = await readRecord(events, order.name, claim?.value.eventId ?? event.id);
    if (stored) records.set(event.id, stored.value);
  }
  return records;
}

export async function isOver(tenant: Tenant, events: Documents): Promise<boolean> {
  const records = await recordsOf(tenant, events);
  return tenant.history.events.every(({ id }) => ENDS.includes(records.get(id)?.state ?? ''));
}

const ENDS = ['applied', 'skipped', 'parked'];

/** What the oracle has to say of it in the end. */
export async function violationsOf(tenant: Tenant, events: Documents): Promise<string[]> {
  const { history, crm, before, order } = tenant;
  const records = await recordsOf(tenant, events);
  const creates = order.whenMissing === 'create' && order.kind !== 'command';
  const observed = { history, records, before, after: crm.seen(), effects: crm.effects, creates, byHand: false };
  const told = [...violations(observed), ...crm.complaints()];
  return told.map((violation) => `${order.name}: ${violation}`);
}
