import { readMergeEvent } from '../dustess/merge-event.ts';
import { UnreadableEvent } from '../errors.ts';
import type { MergeEvent } from '../event.ts';
import { isJsonObject } from '../json.ts';
import type { EventRecord } from '../ledger/event-record.ts';
import type { EventLedger } from '../ledger/ledger.ts';
import type { ReasonOf } from '../ledger/reasons.ts';

type Loading = Pick<EventLedger, 'events' | 'contents'>;

/** Another event's content. @returns undefined when it is unknown or its payload has expired. @throws UnreadableEvent */
export async function readEvent(ledger: Loading, eventId: string): Promise<MergeEvent | undefined> {
  const record = (await ledger.events.read(eventId))?.value;
  return record && eventOf(ledger, record);
}

async function eventOf({ contents }: Loading, { eventId, digest }: EventRecord): Promise<MergeEvent | undefined> {
  const payload = (await contents.read(digest))?.payload;
  return payload && readMergeEvent(eventId, isJsonObject(payload.body) ? payload.body : {}, payload.sentAt);
}

/** Why an event's content is not there any more. */
export const goneReason = ({ erased }: EventRecord): ReasonOf<'parked'> =>
  erased ? 'values-erased' : 'payload-expired';

/** The event's content, or why there is none to be had. */
export async function loadEvent(
  ledger: Loading,
  record: EventRecord,
): Promise<{ event: MergeEvent } | { unusable: ReasonOf<'parked'> }> {
  try {
    const event = await eventOf(ledger, record);
    return event ? { event } : { unusable: goneReason(record) };
  } catch (error) {
    if (error instanceof UnreadableEvent) return { unusable: `unreadable:${error.field}` };
    throw error;
  }
}
