/** The words of this project, as types: an event, its fields, and what the ledger knows of it. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** One field of a contact: a top-level one (`remark`) or a custom one (`customFields.field10`). */
export interface Field {
  key: string;
  /** Decoded: a custom field's JSON text is already parsed here. */
  value: Json;
  /** True when the sender emptied the field: an empty text, an empty list, the all-zero UUID, `[0,0]` as coordinate. */
  cleared: boolean;
  /** A custom field's declared type: text, radio, checkbox, date, datetime, number … */
  type?: string;
  /** As the sender wrote it; for a custom field the whole `{id,type,value}`. */
  wire: Json;
}

/** A merge as 尘锋 told it: the losers are gone, the survivor stays. */
export interface MergeEvent {
  eventId: string;
  survivorId: string;
  /** Without repeats, in the sender's order; may contain the survivor (a self-merge, which gets parked). */
  loserIds: string[];
  /** What the merge changed on the survivor. */
  changed: Field[];
  /** The survivor before the merge. */
  old: Field[];
  /** The losers' details as sent; without ids, so never matched to `loserIds`. */
  mergedContacts: Json[];
  /** Milliseconds since 1970, whatever unit the sender used. */
  triggeredAt: number;
  /** The sender's own tenant id. */
  account: string;
  operatorId: string;
  origin: string;
}

export const OPEN_STATES = ['stored', 'queued', 'working', 'waiting', 'held', 'parked'] as const;
export const FINAL_STATES = ['applied', 'ignored', 'skipped'] as const;
export type EventState = (typeof OPEN_STATES)[number] | (typeof FINAL_STATES)[number];

/** How far an event's plan has come. The intent (`sent`) is stored before the call it announces. */
export interface Progress {
  /** Index into the plan's steps: all before it are done. */
  step: number;
  /** True from just before a call until its answer is known. */
  sent: boolean;
  /** The survivor's record id as of now: a merge may have minted a new one. */
  survivorRecord?: string;
  /** How often the current step was sent. */
  attempts: number;
  /** The CRM knew none of the contacts: all steps are over, nothing was written. */
  unknownInCrm?: boolean;
  /** Given up half-way, for this reason; what is left is to let go of the contacts. */
  abandoned?: string;
}

/** What we know of one event, for ever; its payload and journal expire, this does not. Holds no personal data. */
export interface EventRecord {
  eventId: string;
  kind: 'merge' | 'other' | 'unreadable';
  /** `EVENT/ACTION` as the sender named it. */
  name: string;
  state: EventState;
  /** Why it is in this state: one of the reasons the README lists, never a value of a field. */
  reason?: string;
  /** SHA-256 of the payload, hex: where the payload is kept. */
  digest: string;
  receivedAt: number;
  queuedAt?: number;
  updatedAt: number;
  /** How often reconcile queued it again since it last moved. */
  requeues?: number;
  /** The event whose contacts this one waits for. */
  behind?: string;
  /** Not before this time (milliseconds): a rate limit, a quota. */
  resumeAt?: number;
  /** The worker that has it now, until its lease ends (milliseconds). */
  worker?: { id: string; until: number };
  /** Number of the plan in force; a replay makes a new one. 0: none yet. */
  plan: number;
  /** Present from the first intent until the event leaves its contacts: while it is, they wait for this event. */
  progress?: Progress;
  /** When an operator let it pass the volume breaker, and who replayed it. */
  released?: boolean;
  operatorActions?: { at: number; by: string; action: string }[];
  /** Failures in a row, for the back-off, and when they began. */
  failures?: number;
  firstFailureAt?: number;
  /** How often it found its contacts taken by another event. */
  turns?: number;
  /** Already counted by the volume breaker. */
  counted?: boolean;
}

/** All the queue ever carries. */
export interface EventPointer {
  tenant: string;
  eventId: string;
}
