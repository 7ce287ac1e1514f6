import { readMergeEvent } from '../dustess/merge-event.ts';
import { UnreadableEvent } from '../errors.ts';
import type { MergeEvent } from '../event.ts';
import type { Json } from '../json.ts';
import type { Work } from '../merge/claim.ts';
import type { Documents } from '../ports.ts';
import { payloadKey, readRecord } from './event-record.ts';

/** What intake keeps of an event: the sender's words, less the fields the tenant leaves out. */
export interface Payload {
  event: string;
  action: string;
  /** The decrypted body; a text where it was not JSON. */
  body: Json;
  /** The signed time stamp, milliseconds; absent for plain text. */
  sentAt?: number;
}

export async function readPayload(events: Documents, tenant: string, digest: string): Promise<Payload | undefined> {
  return (await events.get<Payload>(payloadKey(tenant, digest)))?.value;
}

/** @returns undefined when the payload has expired. @throws UnreadableEvent */
export async function readEvent(events: Documents, tenant: string, eventId: string): Promise<MergeEvent | undefined> {
  const record = (await readRecord(events, tenant, eventId))?.value;
  const payload = record && (await readPayload(events, tenant, record.digest));
  if (!payload) return undefined;
  const body = payload.body;
  return readMergeEvent(eventId, typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {});
}

/** The event's content, or why there is none to be had. */
export async function loadEvent(work: Work): Promise<{ event: MergeEvent } | { unusable: string }> {
  try {
    const event = await readEvent(work.events, work.tenant, work.eventId);
    return event ? { event } : { unusable: 'payload-expired' };
  } catch (error) {
    if (error instanceof UnreadableEvent) return { unusable: `unreadable:${error.field}` };
    throw error;
  }
}
