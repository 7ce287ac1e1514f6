import { type HubspotQuirks, notFound, property, Refusal } from './hubspot-account.ts';
import {
  type BatchRead,
  type BatchUpdate,
  batchRead,
  batchUpdate,
  type HubspotAnswer,
  listContacts,
  present,
  presentAssociations,
  presentProperty,
} from './hubspot-answers.ts';
import type { Portal } from './hubspot-portal.ts';
import { checkRules } from './hubspot-rules.ts';
import { type Search, searchContacts } from './hubspot-search.ts';

export interface HubspotRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: unknown;
}

interface Route {
  method: string;
  path: RegExp;
  /** The vendor's models of the request's and the answer's body. */
  request?: string;
  answer: string;
  scope?: string;
  handle(context: { portal: Portal; quirks: HubspotQuirks; now: () => number }, request: HubspotRequest): HubspotAnswer;
}

// The versions that are supported today: anything else is 404, /crm/v3/ included.
const contacts = (below: string) => new RegExp(`^/crm/objects/(2026-09|2026-03)/contacts${below}$`);
const properties = (below: string) => new RegExp(`^/crm/properties/(2026-09|2026-03)/contacts${below}$`);
/** Rules of the account bind writes from this version on; earlier ones ignore them. */
const isBound = (path: string) => path.includes('/2026-09/');

const READ = 'crm.objects.contacts.read';
const WRITE = 'crm.objects.contacts.write';

type Properties = { properties: Record<string, string> };

/** The endpoints that the adapter and its doctor use; everything else is 404. */
export const HUBSPOT_ROUTES: Route[] = [
  {
    method: 'POST',
    path: contacts('/batch/read'),
    request: 'BatchReadInputSimplePublicObjectId',
    answer: 'BatchResponseSimplePublicObjectWithErrors',
    scope: READ,
    handle: ({ portal, quirks, now }, { body }) => batchRead(portal, quirks, now, body as BatchRead),
  },
  {
    method: 'POST',
    path: contacts('/batch/update'),
    request: 'BatchInputSimplePublicObjectBatchInput',
    answer: 'BatchResponseSimplePublicObject',
    scope: WRITE,
    handle: ({ portal, now }, { path, body }) =>
      batchUpdate(portal, now, body as BatchUpdate, (values, before) => {
        if (isBound(path)) checkRules(portal.rules, 'update', values, before);
      }),
  },
  {
    method: 'POST',
    path: contacts('/search'),
    request: 'PublicObjectSearchRequest',
    answer: 'CollectionResponseWithTotalSimplePublicObjectForwardPaging',
    scope: READ,
    handle: ({ portal, quirks, now }, { body }) => searchContacts(portal, quirks, now, body as Search),
  },
  {
    method: 'GET',
    path: contacts(''),
    answer: 'CollectionResponseSimplePublicObjectWithAssociationsForwardPaging',
    scope: READ,
    handle: ({ portal }, { query }) => listContacts(portal, query),
  },
  {
    method: 'POST',
    path: contacts('/merge'),
    request: 'PublicMergeInput',
    answer: 'SimplePublicObject',
    scope: WRITE,
    handle: ({ portal }, { body }) => {
      const { primaryObjectId, objectIdToMerge } = body as { primaryObjectId: string; objectIdToMerge: string };
      return { status: 200, body: present(portal.merge(primaryObjectId, objectIdToMerge), []) };
    },
  },
  {
    method: 'POST',
    path: contacts(''),
    request: 'SimplePublicObjectInputForCreate',
    answer: 'SimplePublicObject',
    scope: WRITE,
    handle: ({ portal }, { path, body }) => {
      const { properties } = body as Properties;
      if (isBound(path)) checkRules(portal.rules, 'create', properties, {});
      return { status: 201, body: present(portal.create(properties), Object.keys(properties)) };
    },
  },
  {
    method: 'GET',
    path: contacts('/[^/]+'),
    answer: 'SimplePublicObjectWithAssociations',
    scope: READ,
    handle: ({ portal }, { path, query }) => {
      const contact = portal.byId(idIn(path));
      if (!contact) throw notFound();
      const body = present(contact, (query.get('properties') ?? '').split(','));
      return { status: 200, body: { ...body, ...presentAssociations(contact, query) } };
    },
  },
  {
    method: 'PATCH',
    path: contacts('/[^/]+'),
    request: 'SimplePublicObjectInput',
    answer: 'SimplePublicObject',
    scope: WRITE,
    handle: ({ portal }, { path, body }) => {
      const { properties } = body as Properties;
      const before = Object.fromEntries(portal.byId(idIn(path))?.values ?? []);
      if (isBound(path)) checkRules(portal.rules, 'update', properties, before);
      return { status: 200, body: present(portal.update(idIn(path), properties), Object.keys(properties)) };
    },
  },
  {
    method: 'GET',
    path: properties(''),
    answer: 'CollectionResponsePropertyNoPaging',
    scope: 'crm.schemas.contacts.read',
    handle: ({ portal }) => ({ status: 200, body: { results: [...portal.properties.values()].map(presentProperty) } }),
  },
  {
    method: 'GET',
    path: properties('/[^/]+'),
    answer: 'Property',
    scope: 'crm.schemas.contacts.read',
    handle: ({ portal }, { path, query }) => {
      const archived = query.get('archived') === 'true';
      const found = (archived ? portal.archivedProperties : portal.properties).get(idIn(path));
      if (!found) throw notFound();
      return { status: 200, body: { ...presentProperty(found), archived } };
    },
  },
  {
    method: 'POST',
    path: properties(''),
    request: 'PropertyCreate',
    answer: 'Property',
    scope: 'crm.schemas.contacts.write',
    handle: ({ portal }, { body }) => {
      const { options: _options, ...wanted } = body as { name: string; options?: unknown };
      if (portal.properties.has(wanted.name))
        throw new Refusal(409, {
          message: `A property named '${wanted.name}' already exists.`,
          category: 'OBJECT_ALREADY_EXISTS',
        });
      // Third parties' observation: a name from the archive answers 201 and brings back the old definition.
      const made = portal.archivedProperties.get(wanted.name) ?? property(wanted.name, wanted);
      portal.archivedProperties.delete(wanted.name);
      portal.properties.set(wanted.name, made);
      return { status: 201, body: presentProperty(made) };
    },
  },
];

const idIn = (path: string) => decodeURIComponent(path.split('/').at(-1) ?? '');
