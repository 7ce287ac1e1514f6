import { CrmError } from '../../errors.ts';
import type { PropertyValue, PropertyValues, RecordWrite } from '../../ports.ts';
import { type HubspotCalls, WRITES } from './calls.ts';
import { readContact } from './contacts.ts';

export interface Written {
  idProperty: string;
  write: RecordWrite;
}

/** @throws CrmError, `ambiguous` also for an answer with a status of success that is not the contact. */
export async function updateContact(calls: HubspotCalls, recordId: string, written: Written): Promise<void> {
  const contacts = `/${encodeURIComponent(recordId)}`;
  const call = { method: 'PATCH' as const, contacts, label: 'a contact', ...WRITES };
  readContact(await calls({ ...call, body: { properties: propertiesOf(written) } }), call);
}

/** @returns the new contact's record id. */
export async function createContact(calls: HubspotCalls, written: Written): Promise<string> {
  const call = { method: 'POST' as const, contacts: '', label: 'a new contact', ...WRITES };
  // The specification of 2026-09 lists `associations` as required; its guide does not.
  const body = { properties: propertiesOf(written), associations: [] };
  return readContact(await calls({ ...call, body }), call).id;
}

const propertiesOf = ({ idProperty, write: { contactId, values } }: Written) => ({
  ...toProperties(values),
  ...(contactId !== undefined && { [idProperty]: contactId }),
});

/** HubSpot takes texts only: an empty one clears, `;` separates the options of a multi-select. @throws CrmError `permanent` */
export function toProperties(values: PropertyValues): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([property, value]) => [property, toText(property, value)]));
}

function toText(property: string, value: PropertyValue): string {
  if (value === null) return '';
  if (!Array.isArray(value)) return String(value);
  if (value.some((option) => option.includes(';')))
    throw new CrmError('permanent', `hubspot: an option for ${property} contains ";", which separates options`, {
      code: `SEMICOLON_IN_OPTION.${property}`,
    });
  return value.join(';');
}
