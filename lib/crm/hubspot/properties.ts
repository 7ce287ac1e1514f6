import { CrmError } from '../../errors.ts';
import { asObject, objectIn, objectsIn } from '../../json.ts';
import type { CrmResponse } from '../client.ts';
import type { HubspotCalls } from './calls.ts';

/** A contact property as HubSpot describes it. */
export interface HubspotProperty {
  name: string;
  type: string;
  hasUniqueValue: boolean;
  readOnly: boolean;
  archived: boolean;
  /** The values that one with a list of values takes. */
  options: string[];
}

export interface PropertyWanted {
  name: string;
  label: string;
  description: string;
  fieldType: 'text' | 'textarea';
  hasUniqueValue: boolean;
}

const PATIENCE_MS = 10_000;
const ASKS = { repeatable: true, accepts: 404, patienceMs: PATIENCE_MS };

/** @returns the property, or nothing where there is none of this name; and the answer, whose headers tell more. */
export async function readProperty(calls: HubspotCalls, name: string) {
  const call = { method: 'GET' as const, properties: `/${encodeURIComponent(name)}`, label: 'a contact property' };
  const response = await calls({ ...call, ...ASKS });
  return { response, property: response.status === 404 ? undefined : parseProperty(response) };
}

/** A property of this name that was archived: HubSpot keeps it for 90 days, and creating one restores it. */
export async function readArchivedProperty(calls: HubspotCalls, name: string): Promise<HubspotProperty | undefined> {
  const properties = `/${encodeURIComponent(name)}?archived=true`;
  const response = await calls({ method: 'GET', properties, label: 'an archived contact property', ...ASKS });
  return response.status === 404 ? undefined : parseProperty(response);
}

/**
 * Uniqueness can be asked for only here: HubSpot does not change it later.
 * @returns what HubSpot has made: where an archived property had the name, that one. @throws CrmError `permanent` when it exists.
 */
export async function createProperty(calls: HubspotCalls, wanted: PropertyWanted): Promise<HubspotProperty> {
  const body = { ...wanted, type: 'string', groupName: 'contactinformation', formField: false };
  const call = { method: 'POST' as const, properties: '', label: 'a new contact property' };
  return parseProperty(await calls({ ...call, repeatable: false, body, patienceMs: PATIENCE_MS }));
}

function parseProperty({ text }: CrmResponse): HubspotProperty {
  const { name, type, hasUniqueValue, archived, modificationMetadata, options } = objectIn(text);
  if (typeof name !== 'string')
    throw new CrmError('retry-soon', 'hubspot: a contact property was answered with something unreadable');
  return {
    name,
    type: String(type),
    hasUniqueValue: hasUniqueValue === true,
    readOnly: asObject(modificationMetadata).readOnlyValue === true,
    archived: archived === true,
    options: objectsIn(options).map(({ value }) => String(value)),
  };
}
