import type { EventPointer } from '../event.ts';
import { type EventRecord, type WorkingEvent, workerOf } from '../ledger/event-record.ts';
import { isClaimable } from '../ledger/event-states.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { transition } from '../ledger/transitions.ts';
import type { ApplyDeps } from './apply-deps.ts';
import type { ClaimedEvent } from './claimed-event.ts';

export type Claim =
  | { claimed: ClaimedEvent }
  /** Unknown here, finished, resting, or for an operator: nothing to do. */
  | { over: true }
  /** Another worker has it, or its time has not come: look again at `notBefore` (milliseconds since 1970). */
  | { notBefore: number };

const CLOCK_SKEW_MS = 2_000;
const MAX_CLAIMS = 3; // Another writer may only have listed the event anew: then it is free at once.

/** Takes the worker's lease on an event, if it is there, open, due, and under no other lease. */
export async function claimEvent(deps: ApplyDeps, pointer: EventPointer, tries = MAX_CLAIMS): Promise<Claim> {
  const ledger = deps.ledger(pointer.tenant);
  const stored = await ledger.events.read(pointer.eventId);
  if (!stored || !isClaimable(stored.value.state)) return { over: true };
  const now = deps.now();
  const notBefore = firstMoment(stored.value);
  // It rests, and the message for its time is on its way; should that be lost, reconcile sends another.
  if (notBefore > now && stored.value.state === 'waiting') return { over: true };
  if (notBefore > now) return { notBefore };
  const worker = { id: deps.newId(), until: now + deps.timing.leaseMs };
  const moved = transition(stored.value, { on: 'claim', worker }, { now, timing: deps.timing });
  if (await ledger.events.save(moved, stored.version))
    return { claimed: claimedAs(deps, ledger, moved.record as WorkingEvent, stored.version + 1) };
  return tries > 1 ? claimEvent(deps, pointer, tries - 1) : { notBefore: now + 1_000 };
}

function claimedAs(deps: ApplyDeps, ledger: Ledger, record: WorkingEvent, version: number): ClaimedEvent {
  return { deps, ledger, record, version, isStaged: false, contacts: new Map(), tally: {} };
}

/** When the event may be taken, milliseconds since 1970. */
function firstMoment(record: EventRecord): number {
  // A message for an event behind another one says that its turn has come.
  const rests = record.state === 'waiting' && record.behind === undefined;
  const resumeAt = rests ? record.resumeAt - CLOCK_SKEW_MS : 0;
  return Math.max(workerOf(record)?.until ?? 0, resumeAt);
}
