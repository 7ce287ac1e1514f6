import { CrmError } from '../../errors.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { CrmResponse } from '../client.ts';
import type { HubspotCalls } from './calls.ts';

/** A contact property as HubSpot describes it. */
export interface HubspotProperty {
  name: string;
  type: string;
  hasUniqueValue: boolean;
  readOnly: boolean;
  archived: boolean;
}

export interface PropertyWanted {
  name: string;
  label: string;
  description: string;
  fieldType: 'text' | 'textarea';
  hasUniqueValue: boolean;
}

const PATH = '/crm/v3/properties/contacts';
const PATIENCE_MS = 10_000;

/** @returns the property, or nothing where there is none of this name; and the answer, whose headers tell more. */
export async function readProperty(calls: HubspotCalls, name: string) {
  const call = { method: 'GET' as const, path: `${PATH}/${encodeURIComponent(name)}`, label: 'a contact property' };
  const response = await calls({ ...call, repeatable: true, accepts: 404, patienceMs: PATIENCE_MS });
  return { response, property: response.status === 404 ? undefined : parseProperty(response) };
}

/** Uniqueness can be asked for only here: HubSpot does not change it later. @throws CrmError `permanent` when it exists. */
export async function createProperty(calls: HubspotCalls, wanted: PropertyWanted): Promise<void> {
  const body = { ...wanted, type: 'string', groupName: 'contactinformation', formField: false };
  const call = { method: 'POST' as const, path: PATH, label: 'a new contact property' };
  await calls({ ...call, repeatable: false, body, patienceMs: PATIENCE_MS });
}

function parseProperty({ text }: CrmResponse): HubspotProperty {
  try {
    const { name, type, hasUniqueValue, archived, modificationMetadata } = JSON.parse(text) as JsonObject;
    return {
      name: String(name),
      type: String(type),
      hasUniqueValue: hasUniqueValue === true,
      readOnly: (modificationMetadata as Record<string, Json> | undefined)?.readOnlyValue === true,
      archived: archived === true,
    };
  } catch {
    throw new CrmError('retry-soon', 'hubspot: a contact property was answered with something unreadable');
  }
}
