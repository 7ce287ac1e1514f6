import { isJsonObject, type Json, type JsonObject, objectIn } from '../../lib/json.ts';
import type { Now } from '../../lib/ports.ts';
import { CONTACT_TYPES, contactViolations, mergeViolations } from './dynamics/csdl.ts';
import { matches } from './dynamics/filter.ts';
import { type Contact, createOrg, type OrgQuirks, Refusal } from './dynamics/org.ts';
import { listenOn } from './listen-on.ts';

export const ID_COLUMN = 'new_dustesscontactid';
export const CREDENTIALS = { tenantId: 'acme.onmicrosoft.com', clientId: 'app', clientSecret: 'secret' };
const API = '/api/data/v9.2';
const ATTRIBUTE_TYPES: Record<string, string> = {
  'Edm.Boolean': 'Boolean',
  'Edm.Decimal': 'Decimal',
  'Edm.Int32': 'Integer',
};

export interface DynamicsLookalikeOptions {
  now?: Now;
  quirks?: OrgQuirks;
  /** Milliseconds that a token lasts. */
  tokenMs?: number;
}

/** An answer that the next calls get in place of, or after, their effect. */
interface Ordered {
  on: RegExp;
  when: 'before-effect' | 'after-effect';
  status: number;
  body?: JsonObject;
  headers?: Record<string, string>;
}

/**
 * An environment of Dynamics 365 with its Web API and its sign-in, in memory. What is asked of it and what it answers is
 * held to Microsoft's CSDL (contracts/dataverse-contact.csdl.json): what does not fit stands in `violations`.
 */
export function createDynamicsLookalike({
  now = Date.now,
  quirks,
  tokenMs = 3_600_000,
}: DynamicsLookalikeOptions = {}) {
  const org = createOrg(ID_COLUMN, quirks);
  const violations: string[] = [];
  const ordered: Ordered[] = [];
  const requests: string[] = [];
  const tokens = new Map<string, number>();
  const rights = { merge: true };
  const keys = { status: quirks?.idsNotUnique ? 'None' : 'Active' };

  function signIn(body: string): Response {
    const form = new URLSearchParams(body);
    if (form.get('grant_type') !== 'client_credentials' || !form.get('scope')?.endsWith('/.default'))
      return json(400, { error: 'invalid_request', error_description: 'AADSTS900144: The request body must contain' });
    if (form.get('client_secret') !== CREDENTIALS.clientSecret)
      return json(401, {
        error: 'invalid_client',
        error_description: 'AADSTS7000215: Invalid client secret provided.',
      });
    const token = `token-${tokens.size + 1}`;
    tokens.set(token, now() + tokenMs);
    return json(200, { token_type: 'Bearer', expires_in: tokenMs / 1000, access_token: token });
  }

  function answer(contact: Contact, select: string[]): JsonObject {
    const all: JsonObject = {
      ...Object.fromEntries([...CONTACT_TYPES.keys()].map((name) => [name, contact.values.get(name) ?? null])),
      contactid: contact.id,
      fullname: [contact.values.get('firstname'), contact.values.get('lastname')].filter(Boolean).join(' '),
      statecode: contact.isActive ? 0 : 1,
      statuscode: contact.isActive ? 1 : 2,
      merged: contact.master !== undefined,
      _masterid_value: contact.master ?? null,
    };
    violations.push(...contactViolations(all));
    const named = select.length > 0 ? [...new Set([...select, 'contactid'])] : Object.keys(all);
    const unknown = named.find((name) => !(name in all));
    if (unknown) throw new Refusal(400, '0x80060888', `Could not find a property named '${unknown}' on type contact`);
    return { '@odata.etag': 'W/"1"', ...Object.fromEntries(named.map((name) => [name, all[name] as Json])) };
  }

  function read(query: URLSearchParams): Response {
    const select = query.get('$select')?.split(',') ?? [];
    const found = [...org.contacts.values()].filter((contact) => matches(query.get('$filter') ?? '', contact));
    // Columns are looked at even where no contact is found.
    answer({ id: '00000000-0000-0000-0000-000000000000', values: new Map(), isActive: true }, select);
    return odata(200, { value: found.map((contact) => answer(contact, select)) });
  }

  /** A property or type that contact does not have is the tenant's mistake, and refused. */
  function columns(body: JsonObject): JsonObject {
    const [wrong] = contactViolations(body);
    if (wrong) throw new Refusal(400, '0x80048d19', `Error identified in Payload provided by the user: ${wrong}`);
    return body;
  }

  function merge(body: JsonObject): Response {
    const ofProtocol = mergeViolations(body).filter((one) => !one.includes('UpdateContent: contact.'));
    violations.push(...ofProtocol);
    if (!rights.merge) throw new Refusal(403, '0x80045301', 'Merge is not allowed: caller does not have the privilege');
    const { Target, Subordinate, UpdateContent } = body;
    if (!isJsonObject(Target) || !isJsonObject(Subordinate)) throw new Refusal(400, '0x0', 'a parameter is missing');
    org.merge(Target.contactid, Subordinate.contactid, columns(isJsonObject(UpdateContent) ? UpdateContent : {}));
    return odata(204);
  }

  function write(method: string, id: string | undefined, body: JsonObject, headers: Headers): Response {
    if (method === 'POST' && id === undefined) {
      const made = org.insert(columns(body));
      return odata(204, undefined, { 'odata-entityid': `https://acme.crm5.dynamics.com${API}/contacts(${made.id})` });
    }
    if (headers.get('if-match') !== '*') violations.push('PATCH without If-Match would make a contact');
    org.update(id ?? '', columns(body));
    return odata(204);
  }

  function describe(path: string): Response | undefined {
    if (path === '/WhoAmI') return odata(200, { UserId: 'user-1' });
    if (path.includes('RetrieveUserPrivilegeByPrivilegeName'))
      return odata(200, { RolePrivileges: rights.merge ? [{ PrivilegeName: 'prvMerge', Depth: 'Global' }] : [] });
    const names = [...CONTACT_TYPES.keys()];
    const isWritable = (name: string) => !['fullname', 'merged', 'createdon', 'modifiedon'].includes(name);
    if (path.endsWith('/Attributes'))
      return odata(200, {
        value: names.map((name) => ({
          LogicalName: name,
          AttributeType: ATTRIBUTE_TYPES[CONTACT_TYPES.get(name) ?? ''] ?? 'String',
          IsValidForUpdate: isWritable(name),
        })),
      });
    if (path.endsWith('/Keys'))
      return odata(200, { value: [{ KeyAttributes: [ID_COLUMN], EntityKeyIndexStatus: keys.status }] });
    return undefined;
  }

  function serve(method: string, url: URL, headers: Headers, text: string): Response {
    const path = decodeURIComponent(url.pathname).slice(API.length);
    if (headers.get('odata-version') !== '4.0' || headers.get('odata-maxversion') !== '4.0')
      violations.push(`${method} ${path} without the version of OData`);
    const described = method === 'GET' ? describe(path) : undefined;
    if (described) return described;
    const body = objectIn(text);
    const id = /^\/contacts\((.+)\)$/.exec(path)?.[1];
    if (method === 'GET' && path === '/contacts') return read(url.searchParams);
    if (method === 'POST' && path === '/Merge') return merge(body);
    if (method === 'POST' && path === '/contacts') return write(method, undefined, body, headers);
    if (method === 'PATCH' && id) return write(method, id, body, headers);
    throw new Refusal(404, '0x8006088a', `Resource not found for the segment '${path}'.`);
  }

  function respond(href: string, init: RequestInit): Response {
    const url = new URL(href);
    const method = init.method ?? 'GET';
    const headers = new Headers(init.headers);
    requests.push(`${method} ${url.pathname}`);
    if (url.pathname === `/${CREDENTIALS.tenantId}/oauth2/v2.0/token`) return signIn(String(init.body));
    if (!url.pathname.startsWith(API)) return new Response('<html>not here</html>', { status: 404 });
    if ((tokens.get(headers.get('authorization')?.replace('Bearer ', '') ?? '') ?? 0) <= now())
      return odata(401, undefined, { 'www-authenticate': 'Bearer' });
    const index = ordered.findIndex(({ on }) => on.test(`${method} ${url.pathname}`));
    const [order] = index < 0 ? [] : ordered.splice(index, 1);
    const ordersAnswer = () => odata(order?.status ?? 500, order?.body, order?.headers);
    if (order?.when === 'before-effect') return ordersAnswer();
    try {
      const done = serve(method, url, headers, String(init.body ?? ''));
      return order ? ordersAnswer() : done;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return odata(error.status, { error: { code: error.code, message: error.message } });
    }
  }

  return {
    org,
    violations,
    requests,
    rights,
    keys,
    respond,
    fail: (order: Ordered) => void ordered.push(order),
    seed: (contactId: string | undefined, values: JsonObject = {}) =>
      org.insert({ ...values, ...(contactId !== undefined && { [ID_COLUMN]: contactId }) }).id,
    fetch: async (url: string, init: RequestInit) => respond(url, init),
    listen: () => listenOn(respond),
  };
}

export type DynamicsLookalike = ReturnType<typeof createDynamicsLookalike>;

const json = (status: number, body: JsonObject) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

const odata = (status: number, body?: JsonObject, headers: Record<string, string> = {}) =>
  new Response(body === undefined ? null : JSON.stringify(body), {
    status,
    headers: { 'odata-version': '4.0', ...(body && { 'content-type': 'application/json' }), ...headers },
  });
