import { type HubspotQuirks, invalid, type PortalContact, type PortalProperty } from './hubspot-account.ts';
import type { Portal } from './hubspot-portal.ts';

export interface HubspotAnswer {
  status: number;
  body: Record<string, unknown>;
}

export type BatchRead = { idProperty?: string; properties: string[]; inputs: { id: string }[] };

const iso = (at: number) => new Date(at).toISOString();
const MOST_IN_A_BATCH = 100;

export function batchRead(portal: Portal, quirks: HubspotQuirks, now: () => number, wanted: BatchRead): HubspotAnswer {
  const ids = wanted.inputs.map(({ id }) => id);
  if (ids.length > MOST_IN_A_BATCH) throw invalid('The maximum batch size is 100', 'TOO_MANY_INPUTS');
  if (new Set(ids).size < ids.length) throw invalid('Duplicate ids in a batch', 'DUPLICATE_INPUTS');
  const { idProperty } = wanted;
  const found = ids.map((id) => (idProperty ? portal.byUniqueValue(idProperty, id) : portal.byId(id)));
  const missing = ids.filter((_id, index) => !found[index]);
  const contacts = found.filter((contact) => contact !== undefined);
  // Reversed: HubSpot promises no order.
  const results = (quirks.batchRepeatsContacts ? contacts : [...new Set(contacts)]).reverse();
  const message = 'Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.';
  const error = {
    status: 'error',
    category: 'OBJECT_NOT_FOUND',
    message,
    context: { ids: missing },
    links: {},
    errors: [],
  };
  return {
    status: missing.length > 0 ? 207 : 200,
    body: {
      status: 'COMPLETE',
      results: results.map((contact) => present(contact, wanted.properties)),
      startedAt: iso(now()),
      completedAt: iso(now()),
      ...(missing.length > 0 && { numErrors: 1, errors: [error] }),
    },
  };
}

export type BatchUpdate = { inputs: { id: string; properties: Record<string, string> }[] };

/** All or nothing: one input that is refused, and the whole batch is. */
export function batchUpdate(
  portal: Portal,
  now: () => number,
  { inputs }: BatchUpdate,
  check: (values: Record<string, string>, before: Record<string, string>) => void,
): HubspotAnswer {
  if (inputs.length > MOST_IN_A_BATCH) throw invalid('The maximum batch size is 100', 'TOO_MANY_INPUTS');
  if (new Set(inputs.map(({ id }) => id)).size < inputs.length)
    throw invalid('Duplicate IDs found in batch input', 'DUPLICATE_INPUTS');
  for (const { id, properties } of inputs) check(properties, Object.fromEntries(portal.byId(id)?.values ?? []));
  const results = portal.updateAll(inputs.map(({ id, properties }) => ({ id, values: properties })));
  const names = [...new Set(inputs.flatMap(({ properties }) => Object.keys(properties)))];
  return {
    status: 200,
    body: {
      status: 'COMPLETE',
      results: results.map((contact) => present(contact, names)).reverse(),
      startedAt: iso(now()),
      completedAt: iso(now()),
    },
  };
}

/** A page by record id; `after` is the id that the next one begins with. */
export function listContacts(portal: Portal, query: URLSearchParams): HubspotAnswer {
  const limit = Number(query.get('limit') ?? 10);
  if (limit > MOST_IN_A_BATCH) throw invalid('The maximum page size is 100', 'INVALID_LIMIT');
  const from = Number(query.get('after') ?? 0);
  const ids = portal.idsFrom(from, limit + 1);
  const properties = (query.get('properties') ?? '').split(',');
  const contacts = ids.slice(0, limit).flatMap((id) => portal.byId(id) ?? []);
  const next = ids[limit];
  const link = `https://api.hubapi.com/crm/v3/objects/contacts?after=${next}`;
  return {
    status: 200,
    body: {
      results: contacts.map((contact) => present(contact, properties)),
      ...(next !== undefined && { paging: { next: { after: next, link } } }),
    },
  };
}

/** With the properties asked for that exist; the three that always come; an empty one is null. */
export function present(contact: PortalContact, properties: string[]): Record<string, unknown> {
  const asked = properties.filter((name) => name !== '').map((name) => [name, contact.values.get(name) || null]);
  return {
    id: contact.id,
    properties: {
      ...Object.fromEntries(asked),
      hs_object_id: contact.id,
      createdate: iso(contact.createdAt),
      lastmodifieddate: iso(contact.updatedAt),
    },
    createdAt: iso(contact.createdAt),
    updatedAt: iso(contact.updatedAt),
    archived: false,
  };
}

const MOST_ASSOCIATIONS = 100;

/** A page of each kind that has any. */
export function presentAssociations({ associated = {} }: PortalContact, query: URLSearchParams) {
  const kinds = (query.get('associations') ?? '').split(',').filter((kind) => associated[kind]?.length);
  if (kinds.length === 0) return {};
  const page = (ids: string[], type: string) => ({
    results: ids.slice(0, MOST_ASSOCIATIONS).map((id) => ({ id, type })),
    ...(ids.length > MOST_ASSOCIATIONS && { paging: { next: { after: String(MOST_ASSOCIATIONS) } } }),
  });
  return {
    associations: Object.fromEntries(kinds.map((kind) => [kind, page(associated[kind] ?? [], `contact_to_${kind}`)])),
  };
}

export const presentProperty = ({ options, ...known }: PortalProperty) => ({
  ...known,
  options: options.map((value) => ({ label: value, value, hidden: false })),
  hubspotDefined: false,
  archived: false,
});
