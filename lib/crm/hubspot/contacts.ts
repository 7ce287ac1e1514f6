import { CrmError } from '../../errors.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { CrmRecord, PropertyValue, PropertyValues } from '../../ports.ts';
import type { CrmResponse } from '../client.ts';

/** A contact as HubSpot answers it. */
export interface HubspotContact {
  id: string;
  properties: JsonObject;
}

export const toRecord = ({ id, properties }: HubspotContact, idProperty: string): CrmRecord => ({
  recordId: id,
  contactId: textOrNothing(properties[idProperty]),
  values: properties,
});

const textOrNothing = (value: Json | undefined) => (typeof value === 'string' && value !== '' ? value : undefined);

/** HubSpot takes texts only: an empty one clears, `;` separates the options of a multi-select. @throws CrmError `permanent` */
export function toProperties(values: PropertyValues): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([property, value]) => [property, toText(property, value)]));
}

function toText(property: string, value: PropertyValue): string {
  if (value === null) return '';
  if (!Array.isArray(value)) return String(value);
  if (value.some((option) => option.includes(';')))
    throw new CrmError('permanent', `hubspot: an option for ${property} contains ";", which separates options`, {
      code: 'SEMICOLON_IN_OPTION',
    });
  return value.join(';');
}

/**
 * The contact in an answer to a call about one.
 * @throws CrmError when there is none in it: `retry-soon` after a read, `ambiguous` after a write.
 */
export function readContact(response: CrmResponse, call: { label: string; repeatable: boolean }): HubspotContact {
  const contact = contactIn(parse(response));
  if (!contact) throw unreadable(call);
  return contact;
}

/**
 * The contacts in an answer to a batch read. Missing ones are simply not there: HubSpot names them as errors of
 * category OBJECT_NOT_FOUND. @throws CrmError `retry-soon` for any other error in it, since then nobody knows who is missing.
 */
export function readContacts(response: CrmResponse, label: string): HubspotContact[] {
  const { results, errors } = asObject(parse(response));
  const contacts = Array.isArray(results) ? results.map(contactIn) : [undefined];
  if (contacts.some((contact) => !contact)) throw unreadable({ label, repeatable: true });
  const failed = (Array.isArray(errors) ? errors : []).map((error) => asObject(error).category);
  const unexpected = failed.find((category) => category !== 'OBJECT_NOT_FOUND');
  if (failed.length > 0 && failed.some((category) => category !== 'OBJECT_NOT_FOUND'))
    throw new CrmError('retry-soon', `hubspot: ${label} was answered in part only`, { code: String(unexpected) });
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

function parse({ text }: CrmResponse): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const asObject = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
