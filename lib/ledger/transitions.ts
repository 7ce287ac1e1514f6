import { type EventFacts, type EventRecord, type Lease, listOfRecord, type Progress } from './event-record.ts';
import { type EventList, listOf } from './event-states.ts';
import type { ReasonOf } from './reasons.ts';
import type { Timing } from './timing.ts';
import { type AllFields, type LookAgain, type Rule, TRANSITIONS } from './transition-table.ts';

type OperatorActions = NonNullable<EventFacts['operatorActions']>;
interface Waiting {
  reason: ReasonOf<'waiting'>;
  resumeAt: number;
}
/** Contacts that the CRM did not know; left out: it knew them all. */
type Missing = Pick<EventFacts, 'missing' | 'unknown'>;
interface Failing extends Waiting {
  failures: number;
  firstFailureAt: number;
}

/** A move, with the fields it sets on the record. */
export type Change =
  | { on: 'recognise'; kind: EventFacts['kind']; name: string }
  | { on: 'park-late'; kind: EventFacts['kind']; name: string; reason: ReasonOf<'parked'> }
  | { on: 'queue-late'; queuedAt: number }
  | { on: 'claim'; worker: Lease }
  | { on: 'progress' | 'answered'; progress: Progress }
  | { on: 'start-plan'; plan: number; progress: Progress }
  | { on: 'unsent' | 'out-of-time' | 'evict' | 'resume' | 'restart' }
  | ({ on: 'wait-for-contacts'; behind: string; turns: number } & Waiting)
  | ({ on: 'wait-for-crm' | 'rest' } & Failing)
  | { on: 'hold'; reason: ReasonOf<'held'> }
  | ({ on: 'park'; reason: ReasonOf<'parked'> } & Pick<Missing, 'missing'>)
  | { on: 'park-unanswered'; reason: ReasonOf<'parked'> }
  | ({ on: 'observe'; reason: 'observed'; plan: number } & Missing)
  | ({ on: 'next-part'; losersDone: number; written?: boolean } & Missing)
  | ({ on: 'skip'; reason: ReasonOf<'skipped'> } & Missing)
  | ({ on: 'apply'; reason?: ReasonOf<'applied'> } & Missing)
  | { on: 'requeue'; requeues: number; queuedAt: number }
  | { on: 'give-up'; reason: 'stuck' }
  | {
      on: 'replay' | 'replay-observed' | 'replay-unlinked';
      operatorActions: OperatorActions;
      withoutRecord?: string[];
      despiteUndo?: true;
    }
  | { on: 'ask-undo'; undo: number; undos: number; operatorActions: OperatorActions }
  | { on: 'start-undo'; progress: Progress }
  | { on: 'undone'; reason: 'undone'; undone: NonNullable<EventFacts['undone']> }
  | { on: 'set-aside'; reason: 'undone-by-operator' }
  | { on: 'undo-refused'; reason: `undo-refused:${string}` }
  | { on: 'release'; released: true; operatorActions: OperatorActions }
  | { on: 'settle'; progress: Progress; operatorActions: OperatorActions };

declare const moved: unique symbol;

/** A record as `transition` or `received` made it: the only form that can be stored. */
export interface Moved {
  readonly record: EventRecord;
  /** The list it stands in from now on. */
  readonly listed: { list: EventList; at: number };
  readonly [moved]: true;
}

/** Milliseconds since 1970, and how long things may take. */
export interface Clock {
  now: number;
  timing: Pick<Timing, 'graceMs' | 'stuckMs'>;
}

/**
 * The record after a move. The only writer of an event's state. Pure.
 * @throws Error where the table has no such move from the record's state: a defect of the caller.
 */
export function transition(record: EventRecord, change: Change, clock: Clock): Moved {
  const { on, ...sets } = change;
  const rule: Rule = TRANSITIONS[on];
  if (!rule.from.includes(record.state)) throw new Error(`no move ${on} from ${record.state}`);
  const cleared = new Set<string>([...rule.clears, ...(rule.contacts === 'freed' ? ['progress'] : [])]);
  const kept = Object.entries(record).filter(([field]) => !cleared.has(field));
  const next = { ...Object.fromEntries(kept), ...sets, state: rule.to, updatedAt: clock.now } as unknown as EventRecord;
  const place = listOf(record.state) === 'open' ? record.listedAt : undefined;
  return listed(next, placeFor(place, lookAgainAt(rule.lookAgain, next as unknown as AllFields, clock)));
}

/** The same record, in its state and its place, from which the values are about to be erased. Pure. */
export function marksErased(record: EventRecord, taken: OperatorActions[number]): Moved {
  const operatorActions = [...(record.operatorActions ?? []), taken];
  return listed({ ...record, erased: true, operatorActions }, record.listedAt ?? record.receivedAt);
}

type FirstFacts = Pick<EventFacts, 'eventId' | 'kind' | 'name' | 'digest'>;

/** A new event's record, in the state its kind begins with; parked from the start where there is a reason. */
export function received(facts: FirstFacts, parkedFor: ReasonOf<'parked'> | undefined, { now, timing }: Clock): Moved {
  const { eventId, kind, name, digest } = facts;
  // Field by field: a copy by `...` that gets more fields takes a hundred times as long, and every callback comes here.
  const common = { eventId, kind, name, digest, receivedAt: now, updatedAt: now, plan: 0 };
  if (kind === 'other') return listed({ ...common, state: 'ignored', reason: 'not-a-merge' }, now);
  if (parkedFor !== undefined) return listed({ ...common, state: 'parked', reason: parkedFor }, now);
  const at = now + timing.stuckMs;
  const stored = {
    eventId,
    kind,
    name,
    digest,
    receivedAt: now,
    updatedAt: now,
    plan: 0,
    state: 'stored',
    listedAt: at,
  };
  return { record: stored, listed: { list: listOf('stored'), at } } as unknown as Moved;
}

/** Open events stand under the time reconcile looks at them, all others under the time they came. */
function listed(record: EventRecord, lookAt: number): Moved {
  const list = listOfRecord(record);
  const at = list === 'open' ? lookAt : record.receivedAt;
  return { record: { ...record, listedAt: at }, listed: { list, at } } as unknown as Moved;
}

/** When reconcile looks at an event: best at `at`, and not outside the other two. Milliseconds since 1970. */
interface LookTime {
  at: number;
  earliest: number;
  latest: number;
}

/** An event that stands at a time that will do stays there: each move costs two writes of the index. */
function placeFor(place: number | undefined, { at, earliest, latest }: LookTime): number {
  return place !== undefined && place >= earliest && place <= latest ? place : at;
}

function lookAgainAt(rule: LookAgain, record: AllFields, { now, timing }: Clock): LookTime {
  const { graceMs, stuckMs } = timing;
  const backoff = stuckMs * 2 ** (record.requeues ?? 0);
  const exactly = (at: number) => ({ at, earliest: at, latest: at });
  const notBefore = (at: number) => ({ at, earliest: at, latest: at + stuckMs });
  if (rule === 'lease') return notBefore(record.worker.until + graceMs + (record.requeues === undefined ? 0 : backoff));
  if (rule === 'resume') return exactly(record.resumeAt);
  if (rule === 'resume-and-grace') return notBefore(record.resumeAt + graceMs);
  if (rule === 'grace') return exactly(now + graceMs);
  if (rule === 'backoff') return exactly(now + backoff);
  return { at: now + stuckMs, earliest: now + stuckMs / 2, latest: now + 2 * stuckMs };
}
