import type { EventPointer } from '../event.ts';
import type { Contact } from '../ledger/contacts.ts';
import { type EventRecord, hasReason, listOfRecord, type Progress, type WorkingEvent } from '../ledger/event-record.ts';
import { isFinal } from '../ledger/event-states.ts';
import { type JournalEntry, MAX_CALLS_IN_RECORD } from '../ledger/journal.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type Change, transition } from '../ledger/transitions.ts';
import type { Metric } from '../metrics.ts';
import type { Stored } from '../ports.ts';
import type { ApplyDeps } from './apply-deps.ts';

/** An event under one worker's lease. Every write of its record is fenced by the record's version. */
export interface ClaimedEvent {
  readonly deps: ApplyDeps;
  readonly ledger: Ledger;
  /** As of the last write, with what was staged since. */
  record: WorkingEvent;
  version: number;
  /** Moves were staged that no write has stored yet. */
  isStaged: boolean;
  /** Contacts that are locked for this event, as they were written or read last. */
  contacts: Map<string, Stored<Contact>>;
  /** For the log: this worker's calls at the CRM, by what came of them. */
  readonly tally: CallTally;
  /** For the log: when 尘锋 made the merge, milliseconds since 1970; known where a plan is concluded. */
  triggeredAt?: number;
}

/** Fields of the log line that ends a worker's turn; metric filters count them. */
export interface CallTally {
  crmDone?: number;
  crmRefused?: number;
  crmUnanswered?: number;
}

/** Another worker has taken the event over: everything this one still wanted to do is void. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

export function pointerOf({ ledger, record }: ClaimedEvent): EventPointer {
  return { tenant: ledger.tenant, eventId: record.eventId };
}

/** No call at the CRM begins later: it might outlive the function or the worker's lease. Milliseconds since 1970. */
export function lastCallAt({ deps, record }: ClaimedEvent): number {
  return Math.min(deps.deadline(), record.worker.until - deps.timing.callMs);
}

/** Makes a move of the transition table within the worker's lease, and stores what was staged with it. @throws LeaseLost */
export async function move(claimed: ClaimedEvent, change: Change): Promise<void> {
  const { deps, ledger } = claimed;
  const moved = transition(claimed.record, change, { now: deps.now(), timing: deps.timing });
  if (!(await ledger.events.save(moved, claimed.version)))
    throw new LeaseLost(`event ${claimed.record.eventId}: lease lost to another worker`);
  claimed.version += 1;
  claimed.isStaged = false;
  if (moved.record.state === 'working') claimed.record = moved.record;
  else reportMove(claimed, moved.record);
}

/**
 * Makes a move that the next write stores along with its own: for what a crash may forget, because the next worker finds
 * it out again.
 */
export function stage(claimed: ClaimedEvent, change: Change & { on: 'start-plan' | 'start-undo' | 'answered' }): void {
  const { now, timing } = claimed.deps;
  claimed.record = transition(claimed.record, change, { now: now(), timing }).record as WorkingEvent;
  claimed.isStaged = true;
}

/** One log line for a state an event comes to rest in. */
function reportMove({ deps, ledger, tally, triggeredAt }: ClaimedEvent, record: EventRecord): void {
  const { log, now } = deps;
  const { eventId, state, reason, missing } = record;
  const behind = 'behind' in record ? record.behind : undefined;
  const metric = metricOf(record);
  const write = state === 'parked' || state === 'held' ? log.warn : log.info;
  const waited = { behind, waitSeconds: waitSeconds(record), lagSeconds: lagSeconds(record, triggeredAt, now()) };
  const fields = { eventId, state, reason, ...waited, ...tally, missing: missing?.length, metric } as const;
  write(isFinal(state) ? 'event finished' : 'event state changed', { tenant: ledger.tenant, ...fields });
}

function metricOf(record: EventRecord): Metric {
  if (hasReason(record, 'crm-auth')) return 'crm-auth';
  return listOfRecord(record) === 'unlinked' ? 'unlinked' : record.state;
}

/** From the first failure to the next try, in seconds: the alarm crm-waiting watches it. */
function waitSeconds(record: EventRecord): number | undefined {
  if (record.state !== 'waiting' || record.firstFailureAt === undefined) return undefined;
  return Math.ceil((record.resumeAt - record.firstFailureAt) / 1000);
}

/** From the merge in 尘锋 to its end in the CRM, in seconds. The sender's clock may be ahead of ours. */
function lagSeconds({ state }: EventRecord, triggeredAt: number | undefined, now: number): number | undefined {
  if (state !== 'applied' || triggeredAt === undefined) return undefined;
  return Math.max(0, Math.ceil((now - triggeredAt) / 1000));
}

/** The plan's progress. @throws Error before the plan was started: a defect of the caller */
export function progressIn({ record }: ClaimedEvent): Progress {
  if (!record.progress) throw new Error('a plan is executed before it was started');
  return record.progress;
}

/** Stores how far the plan has come. @throws LeaseLost */
export function saveProgress(claimed: ClaimedEvent, progress: Progress): Promise<void> {
  return move(claimed, { on: 'progress', progress });
}

/** Stores that the current step is about to be sent: before the call, so that a crash leaves a trace. @throws LeaseLost */
export async function recordIntent(claimed: ClaimedEvent): Promise<Progress> {
  const before = progressIn(claimed);
  const progress = { ...before, sent: true, sentAt: claimed.deps.now(), attempts: before.attempts + 1 };
  await saveProgress(claimed, progress);
  return progress;
}

/** The answer is known and nothing has happened: no intent is left open. @throws LeaseLost */
export async function clearIntent(claimed: ClaimedEvent): Promise<void> {
  await saveProgress(claimed, { ...progressIn(claimed), sent: false });
}

/** What a call at the CRM was, when it was made (milliseconds since 1970), and what came of it. */
export interface SeenCall {
  call: string;
  at: number;
  outcome: string;
  code?: string | undefined;
}

/** Notes a call for the plan and step the event is at; the next write of its record stores it. */
export async function noteCall(claimed: ClaimedEvent, { code, ...seen }: SeenCall): Promise<void> {
  const { deps, record, tally } = claimed;
  if (code !== WORKER_LOST) tally[countOf(seen.outcome)] = (tally[countOf(seen.outcome)] ?? 0) + 1;
  const { progress, plan } = record;
  const place = { plan, step: progress?.step ?? 0, attempt: progress?.attempts ?? 0 };
  const entry = { ...place, ...seen, answeredAt: deps.now(), ...(code !== undefined && { code }) };
  const calls = [...(record.calls ?? []), entry];
  claimed.record = { ...record, ...(calls.length < MAX_CALLS_IN_RECORD ? { calls } : await moved(claimed, calls)) };
}

/** The code of a call that was made by a worker before this one. */
export const WORKER_LOST = 'worker-lost';
const REFUSED = /^(retry-soon|retry-after|auth|permanent|crm-.*)$/;

function countOf(outcome: string): keyof CallTally {
  if (outcome === 'ambiguous') return 'crmUnanswered';
  return REFUSED.test(outcome) ? 'crmRefused' : 'crmDone';
}

/** A long story leaves the record. Its last call stays as well: the next worker sees by it that the call was noted. */
async function moved({ deps, ledger, record }: ClaimedEvent, calls: JournalEntry[]) {
  await ledger.journal.keep(record.eventId, calls, deps.now() + deps.timing.journalMs);
  return { calls: calls.slice(-1), callsMoved: true };
}
