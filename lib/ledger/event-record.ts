import { type EventList, listOf, type OperatorAction } from './event-states.ts';
import type { CalledEvent } from './journal.ts';
import type { ReasonOf } from './reasons.ts';

/** How far an event's plan has come. The intent (`sent`) is stored before the call it announces. */
export interface Progress {
  /** Index into the plan's steps: all before it are done. */
  step: number;
  /** True from just before a call until its answer is known. */
  sent: boolean;
  /** When the step was last sent, milliseconds since 1970. */
  sentAt?: number;
  /** Of a merge that the CRM has done in part: the losers' record ids that are left. */
  losersLeft?: string[];
  /** Of a merge that is done: its values were written again by an update of their own, whose answer is not known. */
  writtenAgain?: boolean;
  /** The survivor's record id as of now: a merge may have minted a new one. */
  survivorRecord?: string;
  /** How often the current step was sent. */
  attempts: number;
  /** The CRM knew none of the contacts: all steps are over, nothing was written. */
  unknownInCrm?: boolean;
  /** Of an undo: properties that were changed since its plan, and kept. */
  kept?: { contact: string; property: string }[];
  /** Of an undo: all its calls are done, the ledger is being told. */
  isClosing?: boolean;
  /** Of an undo: the record ids of the contacts that came back. */
  returned?: { [contact: string]: string };
  /** Given up half-way, for this reason; what is left is to unlock the contacts. */
  abandoned?: ReasonOf<'parked'>;
}

/** What an operator has done: moved the event, or erased its values. */
export type TakenAction = OperatorAction | 'forget' | 'undo';

/** The worker that has an event, until its lease ends (milliseconds since 1970). */
export interface Lease {
  id: string;
  until: number;
}

/** What we know of an event in every state, for ever; payload and journal expire, this does not. No personal data. */
export interface EventFacts extends CalledEvent {
  /** `contact`: about one contact, to be linked. */
  kind: 'merge' | 'contact' | 'other' | 'unreadable';
  /** `EVENT/ACTION` as the sender named it. */
  name: string;
  /** SHA-256 of the payload, hex: where the payload is kept. */
  digest: string;
  /** Milliseconds since 1970, as all times here. */
  receivedAt: number;
  queuedAt?: number;
  updatedAt: number;
  /** Where it stands in its list. Moved only as far as needed: every move costs two writes of the index. */
  listedAt?: number;
  /** How often reconcile queued it again since it last moved. */
  requeues?: number;
  /** Number of the plan in force; a replay makes a new one. 0: none yet. */
  plan: number;
  /** An operator let it pass the volume limit. */
  released?: boolean;
  /** Already counted by the volume limit. */
  counted?: boolean;
  /** Of an event with more losers than one plan takes: how many earlier plans have handled, and whether one reached the CRM. */
  losersDone?: number;
  written?: boolean;
  /** `contact` with `record`: linked by hand; without: it has no record. */
  operatorActions?: { at: number; by: string; action: TakenAction; contact?: string; record?: string }[];
  /** What it says of persons was erased by `forget`: it cannot be planned any more. */
  erased?: true;
  /** Number of the plan by which its merge is being taken back; present from the request to its end. */
  undo?: number;
  /** How many undo plans there were. */
  undos?: number;
  /** Its merge was taken back: by which plan, record ids of those that came back, and properties that were kept. */
  undone?: { at: number; by: string; plan?: number } & Pick<Progress, 'returned' | 'kept'>;
  /** An operator replayed it though one of its contacts was separated by an undo. */
  despiteUndo?: boolean;
  /** Contacts of which an operator has said that they have no record. */
  withoutRecord?: string[];
  /** Contacts of it that the CRM did not know when it was planned last; once they are linked, a replay catches up. */
  missing?: string[];
  /** Whether those are some of its contacts, or all of them. */
  unknown?: 'some' | 'all';
  /** Failures in a row, for the back-off, and when they began. */
  failures?: number;
  firstFailureAt?: number;
  /** How often it found its contacts locked by another event. */
  turns?: number;
}

/** On its way; a reason here is that of its last wait. */
interface OnItsWay extends EventFacts {
  reason?: ReasonOf<'waiting'>;
  /** Present from the first intent until the event leaves its contacts: while it is, they stay locked for this event. */
  progress?: Progress;
}

export interface StoredEvent extends EventFacts {
  state: 'stored';
  reason?: undefined;
}
export interface QueuedEvent extends OnItsWay {
  state: 'queued';
}
export interface WorkingEvent extends OnItsWay {
  state: 'working';
  worker: Lease;
}
export interface WaitingEvent extends OnItsWay {
  state: 'waiting';
  reason: ReasonOf<'waiting'>;
  /** Not before this time. */
  resumeAt: number;
  /** The event whose contacts this one waits for. */
  behind?: string;
}
export interface HeldEvent extends EventFacts {
  state: 'held';
  reason: ReasonOf<'held'>;
}
export interface ParkedEvent extends EventFacts {
  state: 'parked';
  reason: ReasonOf<'parked'>;
  /** Kept while a call is unanswered; the contacts stay locked with it. */
  progress?: Progress;
}
export interface AppliedEvent extends EventFacts {
  state: 'applied';
  reason?: ReasonOf<'applied'>;
}
export interface SkippedEvent extends EventFacts {
  state: 'skipped';
  reason: ReasonOf<'skipped'>;
}
export interface IgnoredEvent extends EventFacts {
  state: 'ignored';
  reason: ReasonOf<'ignored'>;
}

export type EventRecord =
  | StoredEvent
  | QueuedEvent
  | WorkingEvent
  | WaitingEvent
  | HeldEvent
  | ParkedEvent
  | AppliedEvent
  | SkippedEvent
  | IgnoredEvent;

/** The plan's progress, where the state keeps one. */
export function progressOf(record: EventRecord): Progress | undefined {
  return 'progress' in record ? record.progress : undefined;
}

/** The list that an event stands in. */
export function listOfRecord(record: EventRecord): EventList {
  if (record.state === 'skipped' && record.reason === 'observed') return 'observed';
  const isOver = record.state === 'skipped' || record.state === 'applied';
  return isOver && record.missing !== undefined ? 'unlinked' : listOf(record.state);
}

/** Whether this is its reason: by the reason's name, or with what stands behind the colon. */
export const hasReason = ({ reason: own }: EventRecord, reason: string): boolean =>
  own === reason || own?.startsWith(`${reason}:`) === true;

/** The worker that has the event, if one does; its lease may have ended. */
export function workerOf(record: EventRecord): Lease | undefined {
  return record.state === 'working' ? record.worker : undefined;
}
