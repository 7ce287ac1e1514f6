import { derivedEventId } from '../dustess/ids.ts';
import { StoreError } from '../errors.ts';
import type { EventRecord } from '../ledger/event-record.ts';
import type { EventLedger } from '../ledger/ledger.ts';
import type { Timing } from '../ledger/timing.ts';
import { type Change, received, transition } from '../ledger/transitions.ts';
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

/** Whether this copy of a content is the first, whose id the event has from then on. @throws StoreError */
export function claimContent({ contents }: EventLedger, opened: OpenedCallback, deps: KeepDeps): Promise<boolean> {
  const { digest, eventId, kind, payload } = opened;
  // What we have no use for is not kept at all: it contains personal data.
  const content = kind === 'other' ? { eventId } : { eventId, payload };
  return contents.claim(digest, content, deps.now() + deps.timing.payloadMs);
}

/**
 * Keeps the record of a content that this copy has claimed. Promise 3: an event is its content; the id is where its
 * record stands. The content comes first, the record last: where there is a record, everything it points to is there.
 * A crash in between leaves nothing that the sender's next try does not complete. @throws StoreError
 */
export function keepFirst(ledger: EventLedger, opened: OpenedCallback, deps: KeepDeps): Promise<Kept> {
  return keepUnder(ledger, opened.eventId, opened, deps);
}

/** The record of a content that an earlier copy has claimed, kept now if that copy did not come so far. @throws StoreError */
export async function keepRepeat(ledger: EventLedger, opened: OpenedCallback, deps: KeepDeps): Promise<Kept> {
  const found = await ledger.events.read(opened.eventId);
  if (found?.value.digest === opened.digest) return corrected(ledger, found, opened, deps);
  const content = await ledger.contents.read(opened.digest);
  if (!content) throw new StoreError('a content is said to be known and cannot be read');
  // An earlier copy may have been named so that nothing of it was kept.
  if (!content.payload && opened.kind !== 'other') await addPayload(ledger, opened, deps);
  return keepUnder(ledger, content.eventId, opened, deps);
}

function addPayload({ contents }: EventLedger, { digest, payload }: OpenedCallback, { now, timing }: KeepDeps) {
  return contents.addPayload(digest, payload, now() + timing.payloadMs);
}

async function keepUnder(ledger: EventLedger, eventId: string, opened: OpenedCallback, deps: KeepDeps): Promise<Kept> {
  const kept = await place(ledger, eventId, opened, deps);
  if (kept.stored.value.digest === opened.digest) return kept;
  return placeUnderOwnId(ledger, eventId, opened, deps);
}

/** The event's record under this id, or the one that stands there already. */
async function place(ledger: EventLedger, eventId: string, opened: OpenedCallback, deps: KeepDeps): Promise<Kept> {
  const { kind, name, digest, parkedFor } = opened;
  const moved = received({ eventId, kind, name, digest }, parkedFor, { now: deps.now(), timing: deps.timing });
  const written = await reporting(ledger.events.save(moved, 0), ledger.tenant, moved.record, deps.log);
  if (written) return { stored: { value: moved.record, version: 1 }, isNew: true };
  const stored = await ledger.events.read(eventId);
  if (!stored) throw new StoreError('an event is said to be stored and cannot be read');
  return stored.value.digest === digest ? corrected(ledger, stored, opened, deps) : { stored, isNew: false };
}

/** The id is another event's: this content is an event of its own all the same. */
async function placeUnderOwnId(ledger: EventLedger, takenId: string, opened: OpenedCallback, deps: KeepDeps) {
  const eventId = derivedEventId(opened.digest);
  const kept = await place(ledger, eventId, opened, deps);
  const problem = `the id names another event: ${takenId}`;
  if (kept.isNew)
    deps.log.warn('event kept under another id', { tenant: ledger.tenant, eventId, problem, metric: 'repeat-differs' });
  return kept;
}

/** Names around a content are not signed: a later copy of it may show that the first one was named wrongly. */
async function corrected(ledger: EventLedger, found: Stored<EventRecord>, opened: OpenedCallback, deps: KeepDeps) {
  const clock = { now: deps.now(), timing: deps.timing };
  const correct = (record: EventRecord) => {
    const change = correction(record, opened);
    return change && transition(record, change, clock);
  };
  const moved = correct(found.value);
  if (!moved) return { stored: found, isNew: false };
  await addPayload(ledger, opened, deps);
  const update = ledger.events.update(found.value.eventId, correct);
  const stored = await reporting(update, ledger.tenant, moved.record, deps.log);
  if (!stored) throw new StoreError('an event is said to be stored and cannot be read');
  return { stored, isNew: true };
}

/** What is known grows only: ignored → parked → to be applied. */
function correction(record: EventRecord, { kind, name, parkedFor }: OpenedCallback): Change | undefined {
  const isMisnamed = record.state === 'parked' && record.reason === 'names-differ';
  if (kind === 'other' || !(record.state === 'ignored' || isMisnamed)) return undefined;
  if (parkedFor === undefined) return { on: 'recognise', kind, name };
  return isMisnamed ? undefined : { on: 'park-late', kind, name, reason: parkedFor };
}

/** A parked event raises the alarm, also where the answer to its write is lost: the write may have happened. */
async function reporting<T>(write: Promise<T>, tenant: string, record: EventRecord, log: Log): Promise<T> {
  let written: T | undefined;
  try {
    written = await write;
    return written;
  } finally {
    const { eventId, state, reason } = record;
    if (state === 'parked' && written !== false)
      log.warn('event state changed', { tenant, eventId, state, reason, metric: 'parked' });
  }
}
