import type { EventRecord, EventState, Progress } from '../ledger/event-record.ts';
import { isFinal, readRecord, saveRecord } from '../ledger/event-record.ts';
import type { Timing } from '../ledger/timing.ts';
import type { Log } from '../log.ts';
import type { Crm, Documents, NewId, Now, Outcomes, Queue, Random } from '../ports.ts';
import type { FieldMapping, MergePolicy } from './policy.ts';

/** One tenant's CRM and what it wants done. */
export interface TenantCrm {
  crm: Crm;
  policy: MergePolicy;
  mapping: FieldMapping;
}

/** All that applying an event needs from outside. */
export interface ApplyDeps {
  events: Documents;
  ledger: Documents;
  queue: Queue;
  /** Who wants to hear what became of each event, if anybody does. */
  outcomes?: Outcomes;
  /** @throws ConfigError when the tenant's settings are wrong. */
  tenantCrm(tenant: string): Promise<TenantCrm>;
  now: Now;
  newId: NewId;
  random: Random;
  log: Log;
  timing: Timing;
  /** Milliseconds since 1970: no call begins after it, so that none outlives the worker's lease. */
  deadline(): number;
}

/** Another worker has taken the event over: everything this one still wanted to do is void. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** An event in one worker's hands. Every write of its record is fenced by the record's version. */
export interface Work extends ApplyDeps {
  readonly tenant: string;
  readonly eventId: string;
  record: EventRecord;
  version: number;
}

export type Claim =
  | { work: Work }
  /** Unknown here, finished, or for a human: nothing to do. */
  | { over: true }
  /** Somebody else has it, or its time has not come: look again at `notBefore` (milliseconds). */
  | { notBefore: number };

const WORKABLE: EventState[] = ['stored', 'queued', 'working', 'waiting'];
const CLOCK_SKEW_MS = 2_000;
const MOST_CLAIMS = 3; // As a rule it was `receive`, marking the event as queued: then the event is free at once.

/** Takes the worker's lease on an event, if it is there, open, due, and nobody else is on it. */
export async function claimEvent(
  deps: ApplyDeps,
  tenant: string,
  eventId: string,
  tries = MOST_CLAIMS,
): Promise<Claim> {
  const stored = await readRecord(deps.events, tenant, eventId);
  if (!stored || !WORKABLE.includes(stored.value.state)) return { over: true };
  const { behind: _behind, resumeAt, ...record } = stored.value;
  const now = deps.now();
  const notBefore = Math.max(record.worker?.until ?? 0, (resumeAt ?? 0) - CLOCK_SKEW_MS);
  // It rests, and the message for its time is on its way; should that be lost, reconcile sends another.
  if (notBefore > now && record.state === 'waiting') return { over: true };
  if (notBefore > now) return { notBefore };
  const work: Work = { ...deps, tenant, eventId, record, version: stored.version };
  const until = now + deps.timing.leaseMs;
  const taken: EventRecord = { ...record, state: 'working', worker: { id: deps.newId(), until }, updatedAt: now };
  if (await tryToSave(work, taken, lookAt(work, until))) return { work };
  return tries > 1 ? claimEvent(deps, tenant, eventId, tries - 1) : { notBefore: now + 1_000 };
}

/** When reconcile should look after a worker that may have died: soon, or, where many have died before it, less soon. */
function lookAt({ record, timing }: Work, until: number): number {
  const { requeues } = record;
  return until + timing.graceMs + (requeues === undefined ? 0 : timing.stuckMs * 2 ** requeues);
}

/** Writes the event's record within the worker's lease. @throws LeaseLost */
export function saveWorking(work: Work, record: EventRecord): Promise<void> {
  return save(work, record, lookAt(work, work.record.worker?.until ?? work.now()));
}

/** @param dueAt milliseconds: when reconcile should look. @throws LeaseLost */
async function save(work: Work, record: EventRecord, dueAt: number): Promise<void> {
  if (!(await tryToSave(work, record, dueAt))) throw new LeaseLost(`event ${work.eventId} is in other hands`);
}

async function tryToSave(work: Work, record: EventRecord, dueAt: number): Promise<boolean> {
  const written = await saveRecord(work.events, work.tenant, record, { expected: work.version, dueAt });
  if (!written) return false;
  work.record = record;
  work.version += 1;
  return true;
}

/** Stores how far the plan has come; the intent before a call, the outcome after it. @throws LeaseLost */
export function saveProgress(work: Work, progress: Progress): Promise<void> {
  return saveWorking(work, { ...work.record, progress, updatedAt: work.now() });
}

/** The answer is known and nothing has happened: no intent is left open. */
export async function withdraw(work: Work): Promise<void> {
  const { progress } = work.record;
  if (progress) await saveProgress(work, { ...progress, sent: false });
}

export interface Departure {
  state: EventState;
  reason?: string;
  /** Milliseconds: when reconcile should look if nothing has moved by then. Default: after `stuckMs`. */
  dueAt?: number;
  changes?: Partial<EventRecord>;
  /** Keep the plan under way, and with it the contacts. */
  keepProgress?: boolean;
}

/** Lets go of the event in its new state. @throws LeaseLost */
export async function leaveEvent(work: Work, departure: Departure): Promise<void> {
  const { worker: _worker, reason: _reason, requeues: _requeues, progress, ...rest } = work.record;
  const record: EventRecord = {
    ...rest,
    ...(departure.keepProgress && progress && { progress }),
    ...departure.changes,
    ...(departure.reason !== undefined && { reason: departure.reason }),
    state: departure.state,
    updatedAt: work.now(),
  };
  await save(work, record, departure.dueAt ?? work.now() + work.timing.stuckMs);
  report(work);
}

function report({ log, tenant, eventId, record }: Work): void {
  const { state, reason, behind } = record;
  const forHuman = state === 'parked' || state === 'held';
  const metric = reason === 'crm-auth' ? 'crm-auth' : state;
  const write = forHuman ? log.warn : log.info;
  write(isFinal(state) ? 'event finished' : 'event left', { tenant, eventId, state, reason, behind, metric });
}
