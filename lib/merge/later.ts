import type { CrmError } from '../errors.ts';
import { abandonPlan } from './finish.ts';
import type { Plan } from './plan.ts';
import { backoffSeconds, turnSeconds } from './timing.ts';
import { leaveEvent, saveProgress, type Work } from './work.ts';

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
  const changes = { behind, turns };
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

/** The CRM cannot be asked now: comes back when it said, or after a growing pause; parked when that has gone on too long. */
export async function retryLater(work: Work, trouble: Trouble): Promise<void> {
  const firstFailureAt = work.record.firstFailureAt ?? work.now();
  const { error } = trouble;
  // A time the CRM itself has named is kept, however far; only silence makes us give up.
  if (error?.retryAt === undefined && work.now() - firstFailureAt > work.timing.giveUpMs) return giveUp(work, trouble);
  const failures = (work.record.failures ?? 0) + 1;
  const named = Math.ceil(((error?.retryAt ?? 0) - work.now()) / 1000);
  const seconds = Math.max(1, error?.retryAt === undefined ? backoffSeconds(failures, work.random) : named);
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
