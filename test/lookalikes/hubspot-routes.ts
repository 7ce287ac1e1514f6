import { type HubspotQuirks, notFound, property, Refusal } from './hubspot-account.ts';
import { type BatchRead, batchRead, type HubspotAnswer, present, presentProperty } from './hubspot-answers.ts';
import type { Portal } from './hubspot-portal.ts';

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

const READ = 'crm.objects.contacts.read';
const WRITE = 'crm.objects.contacts.write';

type Properties = { properties: Record<string, string> };

/** The endpoints that the adapter and its doctor use; everything else is 404. */
export const HUBSPOT_ROUTES: Route[] = [
  {
    method: 'POST',
    path: /^\/crm\/v3\/objects\/contacts\/batch\/read$/,
    request: 'BatchReadInputSimplePublicObjectId',
    answer: 'BatchResponseSimplePublicObjectWithErrors',
    scope: READ,
    handle: ({ portal, quirks, now }, { body }) => batchRead(portal, quirks, now, body as BatchRead),
  },
  {
    method: 'POST',
    path: /^\/crm\/v3\/objects\/contacts\/merge$/,
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
    path: /^\/crm\/v3\/objects\/contacts$/,
    request: 'SimplePublicObjectInputForCreate',
    answer: 'SimplePublicObject',
    scope: WRITE,
    handle: ({ portal }, { body }) => ({
      status: 201,
      body: present(portal.create((body as Properties).properties), Object.keys((body as Properties).properties)),
    }),
  },
  {
    method: 'GET',
    path: /^\/crm\/v3\/objects\/contacts\/([^/]+)$/,
    answer: 'SimplePublicObjectWithAssociations',
    scope: READ,
    handle: ({ portal }, { path, query }) => {
      const contact = portal.byId(idIn(path));
      if (!contact) throw notFound();
      return { status: 200, body: present(contact, (query.get('properties') ?? '').split(',')) };
    },
  },
  {
    method: 'PATCH',
    path: /^\/crm\/v3\/objects\/contacts\/([^/]+)$/,
    request: 'SimplePublicObjectInput',
    answer: 'SimplePublicObject',
    scope: WRITE,
    handle: ({ portal }, { path, body }) => ({
      status: 200,
      body: present(
        portal.update(idIn(path), (body as Properties).properties),
        Object.keys((body as Properties).properties),
      ),
    }),
  },
  {
    method: 'GET',
    path: /^\/crm\/v3\/properties\/contacts\/([^/]+)$/,
    answer: 'Property',
    scope: 'crm.schemas.contacts.read',
    handle: ({ portal }, { path }) => {
      const found = portal.properties.get(idIn(path));
      if (!found) throw notFound();
      return { status: 200, body: presentProperty(found) };
    },
  },
  {
    method: 'POST',
    path: /^\/crm\/v3\/properties\/contacts$/,
    request: 'PropertyCreate',
    answer: 'Property',
    scope: 'crm.schemas.contacts.write',
    handle: ({ portal }, { body }) => {
      const { options: _options, ...wanted } = body as { name: string; options?: unknown };
      if (portal.properties.has(wanted.name))
        throw new Refusal(409, { message: `A property named '${wanted.name}' already exists.`, category: 'CONFLICT' });
      portal.properties.set(wanted.name, property(wanted.name, wanted));
      return { status: 201, body: presentProperty(property(wanted.name, wanted)) };
    },
  },
];

const idIn = (path: string) => decodeURIComponent(path.split('/').at(-1) ?? '');
