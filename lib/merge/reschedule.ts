import type { CrmError } from '../errors.ts';
import type { Plan } from '../ledger/plans.ts';
import { backoffSeconds, turnSeconds } from '../ledger/timing.ts';
import { leaveEvent, saveProgress, type Work } from './claim.ts';
import { abandonPlan } from './close-plan.ts';

/** The queue takes no more; reconcile brings back what waits longer. */
export const LONGEST_DELAY_SECONDS = 900;

/** Leaves the event to a human; its contacts are free, or never were taken. */
export function parkBecause(work: Work, reason: string): Promise<void> {
  return leaveEvent(work, { state: 'parked', reason });
}

/** The function's time is up: the next invocation goes on where this one stopped. */
export async function continueLater(work: Work): Promise<void> {
  await leaveEvent(work, { state: 'queued', keepProgress: true });
  await work.queue.send(work);
}

/** Another event has the contacts. A new message each time: waiting uses up no attempt that leads to the DLQ. */
export async function waitForTurn(work: Work, behind: string): Promise<void> {
  const turns = (work.record.turns ?? 0) + 1;
  const seconds = turnSeconds(turns, work.random);
  const changes = { behind, turns, resumeAt: work.now() + seconds * 1000 };
  const dueAt = work.now() + seconds * 1000 + work.timing.graceMs;
  await leaveEvent(work, { state: 'waiting', reason: 'behind-another-event', changes, dueAt });
  await work.queue.send(work, seconds);
}

export interface Trouble {
  reason: string;
  error?: CrmError;
  /** The plan under way, if there is one. */
  plan?: Plan;
}

const NAMED_PATIENCE = 7;
const FEWEST_FAILURES = 10; // Days may pass behind another event, or in a quota's rest: they were no failures.
const LONGEST_ADDED_SECONDS = 30;

/** The CRM cannot be asked now: comes back when it said, or after a growing pause; parked when that has gone on too long. */
export async function retryLater(work: Work, trouble: Trouble): Promise<void> {
  const retryAt = trouble.error?.retryAt;
  const firstFailureAt = work.record.firstFailureAt ?? work.now();
  const failures = (work.record.failures ?? 0) + 1;
  // A time the CRM itself names gets it more patience than silence does; not for ever, or nobody would hear of it.
  const patienceMs = work.timing.giveUpMs * (retryAt === undefined ? 1 : NAMED_PATIENCE);
  const tried = retryAt !== undefined || failures >= FEWEST_FAILURES;
  if (tried && work.now() - firstFailureAt > patienceMs) return giveUp(work, trouble);
  const seconds = secondsToWait(work, failures, retryAt);
  const resumeAt = work.now() + seconds * 1000;
  const queued = seconds <= LONGEST_DELAY_SECONDS;
  await leaveEvent(work, {
    state: 'waiting',
    reason: trouble.reason,
    keepProgress: true,
    changes: { failures, firstFailureAt, resumeAt },
    dueAt: queued ? resumeAt + work.timing.graceMs : resumeAt,
  });
  if (queued) await work.queue.send(work, seconds);
}

/** As long as the CRM says, and a little longer each time: one that says "at once" for ever must not be asked for ever. */
function secondsToWait(work: Work, failures: number, retryAt: number | undefined): number {
  const backoff = backoffSeconds(failures, work.random);
  if (retryAt === undefined) return backoff;
  return Math.max(Math.ceil((retryAt - work.now()) / 1000), Math.min(backoff, LONGEST_ADDED_SECONDS));
}

async function giveUp(work: Work, { reason, plan }: Trouble): Promise<void> {
  const { progress } = work.record;
  const why = `gave-up:${reason}`;
  // Unanswered: whether it happened is not known, so the contacts stay taken until somebody has looked.
  if (!progress || progress.sent || !plan)
    return leaveEvent(work, { state: 'parked', reason: why, keepProgress: true });
  await saveProgress(work, { ...progress, abandoned: why });
  await abandonPlan(work, plan);
  await parkBecause(work, why);
}
