/** How long things may take; milliseconds. */
export interface Timing {
  /** A worker's lease on an event: outlives the function's time-out, so two workers never have the same event. */
  leaseMs: number;
  /** The longest a call at the CRM may take, with the writes that record it. */
  callMs: number;
  /**
   * How long a call without an answer may still take effect: longer than any CRM's own slowest merge. Until then a
   * look-up that does not show the effect proves nothing.
   */
  settleMs: number;
  /** What reconcile allows for a hand-over that is under way. */
  graceMs: number;
  /** An event that has not moved for this long is queued again by reconcile. */
  stuckMs: number;
  /** An event the CRM has not answered for this long is parked. */
  giveUpMs: number;
  /** How long plans and journals are kept. */
  journalMs: number;
}

export const DEFAULT_TIMING: Timing = {
  leaseMs: 90_000,
  callMs: 30_000,
  settleMs: 300_000,
  graceMs: 60_000,
  stuckMs: 3_600_000,
  giveUpMs: 86_400_000,
  journalMs: 400 * 86_400_000,
};

const MAX_BACKOFF_SECONDS = 300;

/** Full-jitter exponential back-off after the n-th failure in a row: 2, 4, 8 … 300 seconds at most, half at least. */
export function backoffSeconds(failures: number, random: () => number): number {
  return jittered(Math.min(2 ** failures, MAX_BACKOFF_SECONDS), random);
}

const jittered = (seconds: number, random: () => number) => Math.ceil(seconds * (0.5 + random() / 2));
