import type { EventPointer } from '../event.ts';
import type { EventRecord, Progress, WorkingEvent } from '../ledger/event-record.ts';
import { isFinal } from '../ledger/event-states.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type Change, transition } from '../ledger/transitions.ts';
import type { Log } from '../log.ts';
import type { ApplyDeps } from './apply-deps.ts';

/** An event under one worker's lease. Every write of its record is fenced by the record's version. */
export interface ClaimedEvent {
  readonly deps: ApplyDeps;
  readonly ledger: Ledger;
  record: WorkingEvent;
  version: number;
}

/** Another worker has taken the event over: everything this one still wanted to do is void. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

export function pointerOf({ ledger, record }: ClaimedEvent): EventPointer {
  return { tenant: ledger.tenant, eventId: record.eventId };
}

/** Makes a move of the transition table within the worker's lease. @throws LeaseLost */
export async function move(claimed: ClaimedEvent, change: Change): Promise<void> {
  const { deps, ledger } = claimed;
  const moved = transition(claimed.record, change, { now: deps.now(), timing: deps.timing });
  if (!(await ledger.events.save(moved, claimed.version)))
    throw new LeaseLost(`event ${claimed.record.eventId}: lease lost to another worker`);
  claimed.version += 1;
  if (moved.record.state === 'working') claimed.record = moved.record;
  else reportMove(deps.log, ledger.tenant, moved.record);
}

/** One log line for a state an event comes to rest in. */
export function reportMove(log: Log, tenant: string, record: EventRecord): void {
  const { eventId, state, reason } = record;
  const behind = 'behind' in record ? record.behind : undefined;
  const metric = reason === 'crm-auth' ? 'crm-auth' : state;
  const write = state === 'parked' || state === 'held' ? log.warn : log.info;
  const fields = { tenant, eventId, state, reason, behind, waitSeconds: waitSeconds(record), metric } as const;
  write(isFinal(state) ? 'event finished' : 'event state changed', fields);
}

/** From the first failure to the next try, in seconds: the alarm crm-waiting watches it. */
function waitSeconds(record: EventRecord): number | undefined {
  if (record.state !== 'waiting' || record.firstFailureAt === undefined) return undefined;
  return Math.ceil((record.resumeAt - record.firstFailureAt) / 1000);
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

/** Notes a call in the journal, for the plan and step the event is at. */
export async function noteCall({ deps, ledger, record }: ClaimedEvent, { code, ...seen }: SeenCall): Promise<void> {
  const { progress, plan, eventId } = record;
  const place = { plan, step: progress?.step ?? 0, attempt: progress?.attempts ?? 0 };
  const entry = { ...place, ...seen, answeredAt: deps.now(), ...(code !== undefined && { code }) };
  await ledger.journal.write(eventId, entry, deps.now() + deps.timing.journalMs);
}
