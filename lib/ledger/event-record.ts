import type { DocumentKey, Documents, Stored } from '../ports.ts';

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

/** Where an event's record is kept. */
export function eventKey(tenant: string, eventId: string): DocumentKey {
  return { tenant, kind: 'event', id: eventId };
}

/** Where a payload is kept: by its ciphertext's digest, so that rewriting it changes nothing. */
export function payloadKey(tenant: string, digest: string): DocumentKey {
  return { tenant, kind: 'payload', id: digest };
}

/** The list an open event stands in, and since when (or from when) somebody should look: `open` is reconcile's. */
export type EventList = 'open' | 'held' | 'parked';

export function readRecord(events: Documents, tenant: string, eventId: string) {
  return events.get<EventRecord>(eventKey(tenant, eventId));
}

/**
 * Writes an event's record if nobody else did since `expected`, and keeps it in the list its state belongs to.
 * @param dueAt milliseconds since 1970: when reconcile should look if nothing has moved by then.
 */
export function saveRecord(
  events: Documents,
  tenant: string,
  record: EventRecord,
  save: { expected: number; dueAt: number },
): Promise<boolean> {
  const list = listOf(record.state);
  const at = list === 'open' ? save.dueAt : record.receivedAt;
  return events.put(eventKey(tenant, record.eventId), record, {
    expected: save.expected,
    ...(list && { listed: { list, at } }),
  });
}

function listOf(state: EventState): EventList | undefined {
  if (state === 'held' || state === 'parked') return state;
  return isFinal(state) ? undefined : 'open';
}

export function isFinal(state: EventState): boolean {
  return state === 'applied' || state === 'ignored' || state === 'skipped';
}

/** Read, change, write, until no other writer came between. `change` may answer undefined: leave it as it is. */
export async function updateRecord(
  events: Documents,
  tenant: string,
  eventId: string,
  change: (record: EventRecord) => { record: EventRecord; dueAt: number } | undefined,
): Promise<Stored<EventRecord> | undefined> {
  for (;;) {
    const stored = await readRecord(events, tenant, eventId);
    const changed = stored && change(stored.value);
    if (!stored || !changed) return stored;
    if (await saveRecord(events, tenant, changed.record, { expected: stored.version, dueAt: changed.dueAt }))
      return { value: changed.record, version: stored.version + 1 };
  }
}
