import { StoreError } from '../errors.ts';
import type { EventRecord } from '../ledger/event-record.ts';
import type { EventLedger } from '../ledger/ledger.ts';
import type { Timing } from '../ledger/timing.ts';
import { received } from '../ledger/transitions.ts';
import type { Log } from '../log.ts';
import type { Now, Stored } from '../ports.ts';
import type { OpenedCallback } from './open-callback.ts';

export interface KeepDeps {
  now: Now;
  log: Log;
  /** `payloadMs`: how long payloads are kept. */
  timing: Pick<Timing, 'graceMs' | 'stuckMs'> & { payloadMs: number };
}

export interface Kept {
  stored: Stored<EventRecord>;
  /** False for a repeat: the record is the first copy's. */
  isNew: boolean;
}

/**
 * Promise 3. The payload and the claim on its ciphertext come first, the event's record last: where there is a record,
 * everything it points to is there. A crash in between leaves nothing that the sender's next try does not complete.
 * @throws StoreError
 */
export async function keepOnce(ledger: EventLedger, opened: OpenedCallback, deps: KeepDeps): Promise<Kept> {
  const [eventId] = await Promise.all([knownId(ledger, opened), keepPayload(ledger, opened, deps)]);
  const { kind, name, digest, problem } = opened;
  const moved = received({ eventId, kind, name, digest }, problem, { now: deps.now(), timing: deps.timing });
  if (await ledger.events.save(moved, 0)) {
    if (moved.record.state === 'parked') reportParked(ledger.tenant, moved.record, deps.log);
    return { stored: { value: moved.record, version: 1 }, isNew: true };
  }
  const stored = await ledger.events.read(eventId);
  if (!stored) throw new StoreError('an event is said to be stored and cannot be read');
  // A sealed repeat has a new ciphertext each time; a plain one should be the same to the letter.
  if (stored.value.digest !== digest && !opened.sealed)
    deps.log.warn('repeat with other content', { tenant: ledger.tenant, eventId, metric: 'repeat-differs' });
  return { stored, isNew: false };
}

/** The outer id is not signed: a captured body can come back under any id. Its first copy gives a ciphertext its id. */
async function knownId(ledger: EventLedger, { eventId, digest, sealed }: OpenedCallback): Promise<string> {
  return sealed ? ledger.ciphertexts.claim(digest, eventId) : eventId;
}

// Kept under its digest: writing the same again changes nothing, and two copies in a race cannot mix.
// What we have no use for is not kept at all: it contains personal data.
async function keepPayload(ledger: EventLedger, { digest, payload, kind }: OpenedCallback, { now, timing }: KeepDeps) {
  if (kind !== 'other') await ledger.payloads.keep(digest, payload, now() + timing.payloadMs);
}

function reportParked(tenant: string, { eventId, state, reason }: EventRecord, log: Log): void {
  log.warn('event state changed', { tenant, eventId, state, reason, metric: 'parked' });
}
