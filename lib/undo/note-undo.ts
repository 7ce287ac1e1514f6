import type { UndoStep } from '../ledger/undo-plans.ts';
import { type ClaimedEvent, noteCall, progressIn, WORKER_LOST } from '../merge/claimed-event.ts';

/** What a step's call is called in the journal. */
export const callOf = ({ kind }: UndoStep) => `undo-${kind}`;

/** A call whose worker died before its answer was stored: noted once, by the next one. */
export async function noteLost(claimed: ClaimedEvent, step: UndoStep): Promise<void> {
  const { attempts, sentAt = 0, step: number } = progressIn(claimed);
  const isNoted = claimed.record.calls?.some(
    (call) => call.call === callOf(step) && call.step === number && call.attempt === attempts && call.at >= sentAt,
  );
  if (!isNoted) await noteCall(claimed, { call: callOf(step), at: sentAt, outcome: 'ambiguous', code: WORKER_LOST });
}

/** Properties that were changed since the plan stay; the event says which. */
export function noteKept(
  claimed: ClaimedEvent,
  { contact }: UndoStep & { kind: 'restore' },
  properties: string[],
): void {
  const progress = progressIn(claimed);
  const known = progress.kept ?? [];
  const fresh = properties.filter(
    (property) => !known.some((one) => one.contact === contact && one.property === property),
  );
  if (fresh.length === 0) return;
  const kept = [...known, ...fresh.map((property) => ({ contact, property }))];
  claimed.record = { ...claimed.record, progress: { ...progress, kept } };
}
