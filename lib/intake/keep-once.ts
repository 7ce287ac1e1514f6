import { StoreError } from '../errors.ts';
import type { EventRecord } from '../ledger/event-record.ts';
import { payloadKey, readRecord, saveRecord } from '../ledger/event-record.ts';
import type { Log } from '../log.ts';
import type { Documents, Now, Stored } from '../ports.ts';
import type { OpenedCallback } from './open-callback.ts';

export interface KeepDeps {
  events: Documents;
  now: Now;
  log: Log;
  timing: { payloadMs: number; graceMs: number };
}

export interface Kept {
  stored: Stored<EventRecord>;
  /** False for a repeat: the record is the first copy's. */
  isNew: boolean;
}

/**
 * Promise 3. The payload and the claim on its ciphertext come first, the event's record last: where there is a record,
 * everything it points to is there. Dying in between leaves nothing that the sender's next try does not complete.
 */
export async function keepOnce(tenant: string, opened: OpenedCallback, deps: KeepDeps): Promise<Kept> {
  const [eventId] = await Promise.all([claimCiphertext(tenant, opened, deps), storePayload(tenant, opened, deps)]);
  const record = newRecord(eventId, opened, deps.now());
  const dueAt = record.receivedAt + deps.timing.graceMs;
  if (await saveRecord(deps.events, tenant, record, { expected: 0, dueAt })) {
    if (record.state === 'parked') logParked(tenant, record, deps);
    return { stored: { value: record, version: 1 }, isNew: true };
  }
  const stored = await readRecord(deps.events, tenant, eventId);
  if (!stored) throw new StoreError('an event is said to be stored and cannot be read');
  if (stored.value.digest !== opened.digest && !opened.sealed) logOtherContent(tenant, eventId, deps);
  return { stored, isNew: false };
}

/**
 * The outer id is not signed: a captured body can come back under any id. Whoever brings a ciphertext first names it.
 * @returns the id under which this ciphertext is known.
 */
async function claimCiphertext(tenant: string, { eventId, digest, sealed }: OpenedCallback, { events }: KeepDeps) {
  if (!sealed) return eventId;
  const key = { tenant, kind: 'ciphertext', id: digest };
  if (await events.put(key, { eventId }, { expected: 0 })) return eventId;
  const claim = await events.get<{ eventId: string }>(key);
  if (!claim) throw new StoreError('a ciphertext is said to be known and cannot be read');
  return claim.value.eventId;
}

// Kept under its digest: writing the same again changes nothing, and two copies in a race cannot mix.
// What we have no use for is not kept at all: it is full of people.
async function storePayload(tenant: string, opened: OpenedCallback, { events, now, timing }: KeepDeps) {
  const { digest, payload, kind } = opened;
  if (kind === 'other') return;
  await events.put(payloadKey(tenant, digest), payload, { expected: 0, expiresAt: now() + timing.payloadMs });
}

const FIRST_STATE = { merge: 'stored', other: 'ignored', unreadable: 'parked' } as const;

function newRecord(eventId: string, { kind, name, digest, problem }: OpenedCallback, now: number): EventRecord {
  const reason = kind === 'other' ? 'not-a-merge' : problem && `unreadable:${problem}`;
  return {
    eventId,
    kind,
    name,
    state: FIRST_STATE[kind],
    ...(reason !== undefined && { reason }),
    digest,
    receivedAt: now,
    updatedAt: now,
    plan: 0,
  };
}

function logParked(tenant: string, { eventId, reason }: EventRecord, { log }: KeepDeps): void {
  log.warn('event left', { tenant, eventId, state: 'parked', reason, metric: 'parked' });
}

// A sealed repeat has a new ciphertext each time; a plain one should be the same to the letter.
function logOtherContent(tenant: string, eventId: string, { log }: KeepDeps): void {
  log.warn('repeat with other content', { tenant, eventId, metric: 'repeat-differs' });
}
