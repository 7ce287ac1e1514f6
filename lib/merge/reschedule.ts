import type { CrmError } from '../errors.ts';
import type { Plan } from '../ledger/plans.ts';
import type { ReasonOf } from '../ledger/reasons.ts';
import { backoffSeconds } from '../ledger/timing.ts';
import { MAX_DELAY_SECONDS } from '../ports.ts';
import { type ClaimedEvent, move, pointerOf, saveProgress } from './claimed-event.ts';
import { abandonPlan } from './close-plan.ts';
import { enterWaitingList } from './contact-locks.ts';

/** The function's time is up: the next invocation goes on where this one stopped. @throws LeaseLost */
export async function continueLater(claimed: ClaimedEvent): Promise<void> {
  await move(claimed, { on: 'out-of-time' });
  await claimed.deps.queue.send(pointerOf(claimed));
}

const LONGEST_TURN_MS = 900_000;

/**
 * Another event has one of the contacts. It wakes this one when it leaves; should that be lost with its process,
 * reconcile wakes it after a quarter of an hour.
 */
export async function waitForContacts(claimed: ClaimedEvent, { behind, contact }: Behind): Promise<void> {
  const { deps, record } = claimed;
  const turns = (record.turns ?? 0) + 1;
  const resumeAt = deps.now() + LONGEST_TURN_MS;
  await move(claimed, { on: 'wait-for-contacts', reason: 'behind-another-event', behind, turns, resumeAt });
  if (!(await enterWaitingList(claimed, contact))) await deps.queue.send(pointerOf(claimed));
}

/** The event in the way, and the contact that it has locked. */
export interface Behind {
  behind: string;
  contact: string;
}

/** Why an event cannot go on now. */
export interface Trouble {
  reason: ReasonOf<'waiting'>;
  error?: CrmError;
  /** The plan under way, if there is one. */
  plan?: Plan;
}

const NAMED_TIME_FACTOR = 7;
const MIN_FAILURES = 10; // Days may pass behind another event, or in a quota's rest: they were no failures.
const MAX_ADDED_SECONDS = 30;

/** The CRM cannot be asked now: back when it said, or after a growing pause; parked when that has gone on too long. */
export async function retryLater(claimed: ClaimedEvent, trouble: Trouble): Promise<void> {
  const { deps, record } = claimed;
  const retryAt = trouble.error?.retryAt;
  const firstFailureAt = record.firstFailureAt ?? deps.now();
  const failures = (record.failures ?? 0) + 1;
  if (isPatienceOver(claimed, { failures, firstFailureAt, retryAt })) return giveUp(claimed, trouble);
  const seconds = secondsToWait(claimed, failures, retryAt);
  const isQueued = seconds <= MAX_DELAY_SECONDS;
  const resumeAt = deps.now() + seconds * 1000;
  const on = isQueued ? 'wait-for-crm' : 'rest';
  await move(claimed, { on, reason: trouble.reason, failures, firstFailureAt, resumeAt });
  if (isQueued) await deps.queue.send(pointerOf(claimed), seconds);
}

interface Failures {
  failures: number;
  firstFailureAt: number;
  retryAt: number | undefined;
}

/** A time that the CRM itself names gets more patience than silence does; an end there is all the same. */
function isPatienceOver({ deps }: ClaimedEvent, { failures, firstFailureAt, retryAt }: Failures): boolean {
  const patienceMs = deps.timing.giveUpMs * (retryAt === undefined ? 1 : NAMED_TIME_FACTOR);
  const tried = retryAt !== undefined || failures >= MIN_FAILURES;
  return tried && deps.now() - firstFailureAt > patienceMs;
}

/** As long as the CRM says, and a little longer each time: one that says "at once" for ever must not be asked for ever. */
function secondsToWait({ deps }: ClaimedEvent, failures: number, retryAt: number | undefined): number {
  const backoff = backoffSeconds(failures, deps.random);
  if (retryAt === undefined) return backoff;
  return Math.max(Math.ceil((retryAt - deps.now()) / 1000), Math.min(backoff, MAX_ADDED_SECONDS));
}

async function giveUp(claimed: ClaimedEvent, { reason, plan }: Trouble): Promise<void> {
  const { progress } = claimed.record;
  const why = `gave-up:${reason}` as const;
  // Unanswered: whether it happened is not known, so the contacts stay locked until an operator has looked.
  if (!progress || progress.sent || !plan) return move(claimed, { on: 'park-unanswered', reason: why });
  await saveProgress(claimed, { ...progress, abandoned: why });
  await abandonPlan(claimed, plan);
  await move(claimed, { on: 'park', reason: why });
}
