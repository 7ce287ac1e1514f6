import type { RecordLocation } from '../../ports.ts';
import { type HubspotCalls, READS } from './calls.ts';
import { readContact } from './contacts.ts';

/**
 * One read for each id: only of single reads does HubSpot say that old ids lead to the merged record
 * (https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies).
 */
export async function locateContacts(calls: HubspotCalls, recordIds: string[]): Promise<Map<string, RecordLocation>> {
  const places = new Map<string, RecordLocation>();
  for (const recordId of new Set(recordIds)) {
    const contacts = `/${encodeURIComponent(recordId)}?properties=hs_object_id`;
    const call = { method: 'GET' as const, contacts, label: 'a contact', accepts: 404, ...READS };
    const response = await calls(call);
    places.set(recordId, response.status === 404 ? 'gone' : { recordId: readContact(response, call).id });
  }
  return places;
}
