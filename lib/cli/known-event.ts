import type { EventRecord } from '../ledger/event-record.ts';
import { Refused } from './exit.ts';
import { printableId } from './printable.ts';
import type { Service } from './service-options.ts';

/** An event that a command names. @throws Refused where its tenant has none of this id, or there is no such tenant */
export async function knownEvent(eventId: string, { ledger, checkTenant }: Service): Promise<EventRecord> {
  const record = (await ledger.events.read(eventId))?.value;
  if (record) return record;
  await checkTenant();
  throw new Refused(`tenant ${ledger.tenant} has no event ${printableId(eventId)}`);
}
