import { CrmError } from '../../errors.ts';
import { asObject, type Json, type JsonObject, jsonIn, objectIn, objectsIn, textIn } from '../../json.ts';
import type { CrmRecord } from '../../ports.ts';
import type { CrmResponse } from '../client.ts';

/** A contact as HubSpot answers it. */
export interface HubspotContact {
  id: string;
  properties: JsonObject;
}

export const toRecord = ({ id, properties }: HubspotContact, idProperty: string): CrmRecord => ({
  recordId: id,
  contactId: textIn(properties, idProperty) || undefined,
  values: properties,
});

/**
 * The contact in an answer to a call about one.
 * @throws CrmError when there is none in it, a login page for example: `retry-soon` where the call may be repeated,
 * else `ambiguous`.
 */
export function readContact(response: CrmResponse, call: { label: string; repeatable: boolean }): HubspotContact {
  const contact = contactIn(jsonIn(response.text));
  if (!contact) throw unreadable(call);
  return contact;
}

/**
 * The contacts in an answer to a batch read. Missing ones are simply not there: HubSpot names them as errors of
 * category OBJECT_NOT_FOUND. @throws CrmError `retry-soon` for any other error in it: who is missing is not known then.
 */
export function readContacts(response: CrmResponse, label: string): HubspotContact[] {
  const { results, errors } = objectIn(response.text);
  const contacts = Array.isArray(results) ? results.map(contactIn) : [undefined];
  if (contacts.some((contact) => !contact)) throw unreadable({ label, repeatable: true });
  const unexpected = objectsIn(errors).find(({ category }) => category !== 'OBJECT_NOT_FOUND');
  if (unexpected)
    throw new CrmError('retry-soon', `hubspot: ${label} was answered in part only`, {
      code: String(unexpected.category),
    });
  return contacts.filter((contact) => contact !== undefined);
}

const unreadable = ({ label, repeatable }: { label: string; repeatable: boolean }) =>
  new CrmError(repeatable ? 'retry-soon' : 'ambiguous', `hubspot: ${label} was answered with something unreadable`, {
    code: 'UNREADABLE_ANSWER',
  });

function contactIn(value: Json | undefined): HubspotContact | undefined {
  const { id, properties } = asObject(value);
  return typeof id === 'string' && id !== '' ? { id, properties: asObject(properties) } : undefined;
}
