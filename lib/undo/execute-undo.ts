import { CrmError } from '../errors.ts';
import type { UndoPlan, UndoStep } from '../ledger/undo-plans.ts';
import {
  type ClaimedEvent,
  clearIntent,
  lastCallAt,
  noteCall,
  progressIn,
  recordIntent,
  saveProgress,
  stage,
} from '../merge/claimed-event.ts';
import { parkReasonOf } from '../merge/execute/step-outcome.ts';
import type { CommandAnswer, CommandCrm, Crm, PropertyValues, RecordCrm } from '../ports.ts';
import { callOf, noteKept, noteLost } from './note-undo.ts';
import { isSame } from './values.ts';

type RefusedFor = NonNullable<ReturnType<typeof parkReasonOf>> | `crm-contradiction:${string}`;

/** What became of an undo for now. */
export type UndoOutcome =
  | { end: 'done' }
  /** `isUntouched`: it was the first call, and nothing is changed. */
  | { end: 'refused'; reason: RefusedFor; isUntouched: boolean }
  | { end: 'failed'; error: CrmError }
  | { end: 'out-of-time' };

type StepEnd = 'done' | Exclude<UndoOutcome, { end: 'done' }>;

/**
 * Makes the calls that are left. Before each its intent is stored; where a worker finds an intent without an answer, it
 * looks what became of it before anything is sent again. @throws LeaseLost
 */
export async function executeUndo(claimed: ClaimedEvent, crm: Crm, plan: UndoPlan): Promise<UndoOutcome> {
  for (;;) {
    const { step: number, sent } = progressIn(claimed);
    const step = plan.steps[number];
    if (!step) return { end: 'done' };
    if (claimed.deps.now() >= lastCallAt(claimed)) return { end: 'out-of-time' };
    if (sent) await noteLost(claimed, step);
    const end = await guarded(claimed, step, () => carryOut(claimed, crm, step));
    if (end !== 'done') return end;
    advance(claimed);
  }
}

function advance(claimed: ClaimedEvent): void {
  const { sentAt: _sentAt, ...rest } = progressIn(claimed);
  stage(claimed, { on: 'answered', progress: { ...rest, step: rest.step + 1, sent: false, attempts: 0 } });
}

function carryOut(claimed: ClaimedEvent, crm: Crm, step: UndoStep): Promise<StepEnd> {
  if (step.kind === 'tell') return tell(claimed, crm as CommandCrm, step);
  return step.kind === 'bring-back'
    ? bringBack(claimed, crm as RecordCrm, step)
    : restore(claimed, crm as RecordCrm, step);
}

const isSettled = (claimed: ClaimedEvent) =>
  claimed.deps.now() >= (progressIn(claimed).sentAt ?? 0) + claimed.deps.timing.settleMs;

const NOT_SETTLED: StepEnd = {
  end: 'failed',
  error: new CrmError('ambiguous', 'an unanswered call may still take effect', { code: 'not-settled' }),
};

/** The receiver keeps the same key from taking effect twice: an unanswered command is sent again at once. */
async function tell(claimed: ClaimedEvent, crm: CommandCrm, step: UndoStep & { kind: 'tell' }): Promise<StepEnd> {
  if (!crm.unmerge) throw new CrmError('permanent', `${crm.name}: does not know the command`, { code: 'no-unmerge' });
  const unmerge = crm.unmerge;
  const answer = await send(claimed, step, () => unmerge(step.command, step.key));
  if (answer.outcome === 'done') return 'done';
  await clearIntent(claimed);
  return { end: 'refused', reason: reasonOf(answer), isUntouched: true };
}

const reasonOf = (answer: Exclude<CommandAnswer, { outcome: 'done' }>): RefusedFor =>
  answer.outcome === 'contradiction' ? `crm-contradiction:${answer.code}` : 'crm-refused:unknown-contacts';

/** Looked up first, always: by the loser's contact id, which nothing else carries. */
async function bringBack(
  claimed: ClaimedEvent,
  crm: RecordCrm,
  step: UndoStep & { kind: 'bring-back' },
): Promise<StepEnd> {
  const { undo } = crm;
  if (!undo) throw new CrmError('permanent', `${crm.name}: cannot take a merge back`, { code: 'no-undo' });
  const { contactId } = step.loser;
  const found = await crm.find([contactId], []);
  const own = found.find(({ record }) => record.contactId === contactId);
  if (own) return returned(claimed, contactId, own.record.recordId);
  if (progressIn(claimed).sent && !isSettled(claimed)) return NOT_SETTLED;
  const { recordId } = await send(claimed, step, () => undo.bringBack(step.loser));
  return returned(claimed, contactId, recordId);
}

function returned(claimed: ClaimedEvent, contactId: string, recordId: string): StepEnd {
  const { record } = claimed;
  const progress = progressIn(claimed);
  claimed.record = { ...record, progress: { ...progress, returned: { ...progress.returned, [contactId]: recordId } } };
  return 'done';
}

/** Writes what still is as the merge left it; what was changed meanwhile stays, and is noted. */
async function restore(claimed: ClaimedEvent, crm: RecordCrm, step: UndoStep & { kind: 'restore' }): Promise<StepEnd> {
  if (progressIn(claimed).sent && !isSettled(claimed)) return NOT_SETTLED;
  const found = await crm.find(
    [step.contact],
    step.fields.map(({ property }) => property),
  );
  const own = found.find(({ record }) => record.contactId === step.contact)?.record;
  if (!own) throw new CrmError('permanent', `${crm.name}: the record is not found`, { code: 'record-not-found' });
  const now = (property: string) => own.values[property];
  const left = step.fields.filter(({ property, to }) => !isSame(now(property), to));
  const kept = left.filter(({ property, from }) => !isSame(now(property), from));
  noteKept(
    claimed,
    step,
    kept.map(({ property }) => property),
  );
  const values: PropertyValues = Object.fromEntries(
    left.filter((field) => !kept.includes(field)).map(({ property, to }) => [property, to]),
  );
  if (Object.keys(values).length > 0) await send(claimed, step, () => crm.update(own.recordId, { values }));
  return 'done';
}

async function send<T>(claimed: ClaimedEvent, step: UndoStep, call: () => Promise<T>): Promise<T> {
  await recordIntent(claimed);
  const at = claimed.deps.now();
  try {
    const answer = await call();
    await noteCall(claimed, { call: callOf(step), at, outcome: 'done' });
    return answer;
  } catch (error) {
    if (error instanceof CrmError)
      await noteCall(claimed, { call: callOf(step), at, outcome: error.kind, code: error.code });
    throw error;
  }
}

/** An answer that says that nothing happened clears the intent; where an earlier attempt was unanswered, only a look-up can. */
async function guarded(claimed: ClaimedEvent, step: UndoStep, work: () => Promise<StepEnd>): Promise<StepEnd> {
  const before = progressIn(claimed);
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    const reason = parkReasonOf(error);
    const wasSent = progressIn(claimed).attempts > before.attempts;
    if (error.kind === 'ambiguous' || (before.sent && step.kind !== 'tell'))
      return { end: 'failed', error: passing(error) };
    if (wasSent) await saveProgress(claimed, { ...progressIn(claimed), sent: before.sent });
    // Nothing is changed where the first step is refused and every attempt of it was answered.
    const isUntouched = before.step === 0 && !before.sent;
    return reason === undefined ? { end: 'failed', error } : { end: 'refused', reason, isUntouched };
  }
}

/** After an unanswered attempt a refusal is no answer to that one: it is looked after again. */
const passing = (error: CrmError): CrmError =>
  error.kind === 'ambiguous' ? error : new CrmError('ambiguous', error.message, { code: error.code });
