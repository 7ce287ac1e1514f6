import { createServer } from 'node:http';
import { listen as listenAt } from '../../lib/local/listen.ts';
import type { Fetch } from '../../lib/ports.ts';
import { BulkQueries } from './salesforce/bulk.ts';
import {
  type Answer,
  createFaultList,
  type Fault,
  type FaultList,
  type Operation,
  type Outcome,
} from './salesforce/faults.ts';
import { type FieldType, type FieldValue, Org, Refused } from './salesforce/org.ts';
import type { SalesforceQuirks } from './salesforce/quirks.ts';
import * as rest from './salesforce/rest.ts';
import { type App, Sessions } from './salesforce/sessions.ts';
import {
  faultAnswer,
  mergedAnswer,
  notUndeletedAnswer,
  refusedAnswer,
  timestampAnswer,
  undeletedAnswer,
} from './salesforce/soap-answer.ts';
import {
  readMergeRequest,
  readTimestampRequest,
  readUndeleteRequest,
  type SoapMerge,
} from './salesforce/soap-request.ts';

export interface SalesforceRequest {
  method: string;
  /** Path and query. */
  url: string;
  headers: Record<string, string>;
  body: string;
}

export interface LookalikeOptions {
  idField?: string;
  quirks?: SalesforceQuirks;
  /** Fields of Contact besides the usual ones. */
  fields?: { [field: string]: FieldType };
  app?: App;
  now?: () => number;
  /** API calls a day. */
  dailyLimit?: number;
}

export interface SalesforceLookalike {
  org: Org;
  sessions: Sessions;
  bulk: BulkQueries;
  faults: FaultList;
  /** Calls, without the token endpoint's. */
  usage: { used: number; limit: number };
  /** Every request so far, by what it asks for. */
  requests: { operation: Operation | 'unknown'; request: SalesforceRequest }[];
  /** The look-alike without sockets. */
  fetch: Fetch;
  /** A server on a free loopback port. */
  listen(): Promise<{ url: string; close(): Promise<void> }>;
  seed(contactId: string, values?: { [field: string]: FieldValue }): string;
  merges(): SoapMerge[];
  /** What no Salesforce client may say, and the look-alike's own mistakes; a test that uses it wants none. */
  violations: string[];
}

const VERSIONS = ['58.0', '62.0', '65.0'];
const DEFAULT_APP: App = { clientId: 'client', clientSecret: 'secret' };
// What Salesforce answers with a fault rather than with a result that failed.
const FAULTS = ['INVALID_SESSION_ID', 'REQUEST_LIMIT_EXCEEDED', 'SERVER_UNAVAILABLE', 'API_DISABLED_FOR_ORG'];
const MORE_FAULTS = ['UNKNOWN_EXCEPTION', 'INVALID_FIELD', 'INVALID_TYPE', 'MALFORMED_ID'];

/** A Salesforce org with contacts, as its documentation describes it; every SOAP message is held against the Partner WSDL's types. */
export function createSalesforceLookalike(options: LookalikeOptions = {}): SalesforceLookalike {
  const { idField = 'Dustess_Contact_Id__c', quirks = {}, now = Date.now } = options;
  const org = new Org(idField, quirks, options.fields);
  const sessions = new Sessions(options.app ?? DEFAULT_APP, quirks, now);
  const faults = createFaultList();
  const usage = { used: 0, limit: options.dailyLimit ?? 100_000 };
  const requests: SalesforceLookalike['requests'] = [];
  const merged: SoapMerge[] = [];
  const bulk = new BulkQueries((soql) => rest.query(org, soql, false), quirks.bulkSetSize ?? 250_000);
  const world: World = { org, sessions, usage, quirks, merged, pages: new Map(), bulk, violations: [], now };

  const handle = async (request: SalesforceRequest): Promise<Outcome> => {
    const operation = operationOf(request);
    requests.push({ operation: operation ?? 'unknown', request });
    const tooLong = lengthAnswer(request);
    if (tooLong) return tooLong;
    if (!operation) return rest.restError('NOT_FOUND');
    const before = faults.meet(operation, 'before-effect');
    if (before && before !== 'cut-short') return faulty(operation, before);
    const answer = performChecked(world, operation, request);
    if (before === 'cut-short') return { ...answer, body: (answer.body ?? '').slice(0, -10) };
    const after = faults.meet(operation, 'after-effect');
    if (after === 'cut-short') return { ...answer, body: (answer.body ?? '').slice(0, -10) };
    return after ? faulty(operation, after) : answer;
  };

  return {
    org,
    sessions,
    bulk,
    faults,
    usage,
    requests,
    fetch: (url, init) => fetchFrom(handle, url, init),
    listen: () => listen(handle),
    seed: (contactId, values = {}) => org.insert({ LastName: 'Seeded', ...values, [idField]: contactId }).Id,
    merges: () => merged,
    violations: world.violations,
  };
}

interface World {
  org: Org;
  sessions: Sessions;
  usage: { used: number; limit: number };
  quirks: SalesforceQuirks;
  merged: SoapMerge[];
  pages: Map<string, object[]>;
  bulk: BulkQueries;
  violations: string[];
  now: () => number;
}

const ROUTES: [Operation, string, RegExp][] = [
  ['token', 'POST', /^\/services\/oauth2\/token$/],
  ['versions', 'GET', /^\/services\/data\/$/],
  ['merge', 'POST', /^\/services\/Soap\/u\/\d\d\.0$/],
  ['limits', 'GET', /^\/services\/data\/v\d\d\.0\/limits$/],
  ['describe', 'GET', /^\/services\/data\/v\d\d\.0\/sobjects\/Contact\/describe$/],
  ['update', 'PATCH', /^\/services\/data\/v\d\d\.0\/sobjects\/Contact\/\w+$/],
  ['collection', 'PATCH', /^\/services\/data\/v\d\d\.0\/composite\/sobjects$/],
  ['create', 'POST', /^\/services\/data\/v\d\d\.0\/sobjects\/Contact$/],
  ['query', 'GET', /^\/services\/data\/v\d\d\.0\/query(\/[\w-]+)?$/],
  ['bulk', 'POST', /^\/services\/data\/v\d\d\.0\/jobs\/query$/],
  ['bulkJob', 'GET', /^\/services\/data\/v\d\d\.0\/jobs\/query\/\w+$/],
  ['bulkJob', 'DELETE', /^\/services\/data\/v\d\d\.0\/jobs\/query\/\w+$/],
  ['bulkResults', 'GET', /^\/services\/data\/v\d\d\.0\/jobs\/query\/\w+\/results$/],
  ['queryAll', 'GET', /^\/services\/data\/v\d\d\.0\/queryAll(\/[\w-]+)?$/],
];

function operationOf({ method, url, body }: SalesforceRequest): Operation | undefined {
  const { pathname } = new URL(url, 'http://any');
  const route = ROUTES.find(([, verb, pattern]) => verb === method && pattern.test(pathname));
  const version = /\/(?:v|u\/)(\d\d\.0)/.exec(pathname)?.[1];
  if (version !== undefined && !VERSIONS.includes(version)) return undefined;
  if (route?.[0] !== 'merge') return route?.[0];
  if (body.includes('<getServerTimestamp')) return 'timestamp';
  return body.includes('<undelete') ? 'undelete' : 'merge';
}

function performChecked(world: World, operation: Operation, request: SalesforceRequest): Answer {
  try {
    return perform(world, operation, request);
  } catch (error) {
    world.violations.push(`${operation}: ${(error as Error).message}`);
    return { status: 500, body: 'the look-alike did not understand' };
  }
}

function perform(world: World, operation: Operation, request: SalesforceRequest): Answer {
  if (operation === 'token') return world.sessions.answer(request.body);
  if (operation === 'versions') return versionsAnswer(world.now());
  if (operation === 'timestamp') return performTimestamp(world, request);
  if (operation === 'undelete') return performUndelete(world, request);
  if (operation === 'merge') return performMerge(world, request);
  const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
  if (!world.sessions.good(token)) return rest.restError('INVALID_SESSION_ID');
  if (!counts(world)) return rest.restError('REQUEST_LIMIT_EXCEEDED');
  try {
    return performRest(world, operation, request);
  } catch (error) {
    return rest.refusedAnswer(error);
  }
}

function counts({ usage }: World): boolean {
  if (usage.used >= usage.limit) return false;
  usage.used += 1;
  return true;
}

const versionsAnswer = (now: number): Answer => {
  const answer = rest.json(
    200,
    VERSIONS.map((version) => ({ version })),
  );
  return { ...answer, headers: { ...answer.headers, date: new Date(now).toUTCString() } };
};

const soap = (status: number, body: string): Answer => ({ status, headers: { 'content-type': 'text/xml' }, body });

function performTimestamp({ sessions, now }: World, { body }: SalesforceRequest): Answer {
  const { sessionId } = readTimestampRequest(body);
  const good = !sessionId.startsWith('ey') && sessions.good(sessionId);
  return good ? soap(200, timestampAnswer(now())) : soap(500, faultAnswer('INVALID_SESSION_ID'));
}

function performUndelete(world: World, { body }: SalesforceRequest): Answer {
  const { sessionId, id } = readUndeleteRequest(body);
  if (sessionId.startsWith('ey') || !world.sessions.good(sessionId))
    return soap(500, faultAnswer('INVALID_SESSION_ID'));
  if (!counts(world)) return soap(500, faultAnswer('REQUEST_LIMIT_EXCEEDED'));
  try {
    return soap(200, undeletedAnswer(world.org.undelete(id).Id));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return soap(200, notUndeletedAnswer(error.code));
  }
}

function performMerge(world: World, request: SalesforceRequest): Answer {
  if (request.headers.soapaction === undefined) return soap(500, faultAnswer('INVALID_SOAP_HEADER'));
  let merge: SoapMerge;
  try {
    merge = readMergeRequest(request.body);
  } catch (error) {
    throw new Error(`not a request of the Partner WSDL: ${(error as Error).message}`);
  }
  const jwt = merge.sessionId.startsWith('ey');
  if (jwt || !world.sessions.good(merge.sessionId)) return soap(500, faultAnswer('INVALID_SESSION_ID'));
  if (!counts(world)) return soap(500, faultAnswer('REQUEST_LIMIT_EXCEEDED'));
  world.merged.push(merge);
  try {
    if (merge.type !== 'Contact') throw new Refused('INVALID_TYPE_FOR_OPERATION');
    refuseDuplicates(world, merge.allowSave, merge.values);
    const master = world.org.merge(merge.master, merge.losers, merge.values);
    return soap(
      200,
      mergedAnswer(
        master.Id,
        merge.losers.map((id) => world.org.row(id)?.Id ?? id),
      ),
    );
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const fault = MORE_FAULTS.includes(error.code);
    return fault ? soap(500, faultAnswer(error.code)) : soap(200, refusedAnswer(error.code, error.fields));
  }
}

function refuseDuplicates({ quirks }: World, allowSave: boolean, values: object): void {
  const { duplicateRule } = quirks;
  if (!duplicateRule || Object.keys(values).length === 0) return;
  if (duplicateRule === 'block' || !allowSave) throw new Refused('DUPLICATES_DETECTED');
}

function performRest(world: World, operation: Operation, request: SalesforceRequest): Answer {
  const { org, usage } = world;
  const url = new URL(request.url, 'http://any');
  const allowSave = request.headers['sforce-duplicate-rule-header'] === 'allowSave=true';
  if (operation === 'limits')
    return rest.json(200, { DailyApiRequests: { Max: usage.limit, Remaining: usage.limit - usage.used } });
  if (operation === 'describe') return rest.json(200, rest.describe(org));
  if (operation === 'query' || operation === 'queryAll') return performQuery(world, operation, url);
  if (operation === 'bulk' || operation === 'bulkJob' || operation === 'bulkResults')
    return performBulk(world, request);
  if (operation === 'collection') return rest.json(200, rest.updateCollection(org, request.body));
  const fields = rest.readFields(org, request.body, { forbidden: ['Id'] });
  refuseDuplicates(world, allowSave, fields);
  if (operation === 'create') return rest.json(201, { id: org.insert(fields).Id, success: true, errors: [] });
  org.update(decodeURIComponent(url.pathname.split('/').at(-1) ?? ''), fields);
  return { status: 204 };
}

function performBulk({ bulk }: World, { method, url: target, body }: SalesforceRequest): Answer {
  const url = new URL(target, 'http://any');
  const [, version = '', id = ''] = /\/v(\d\d\.0)\/jobs\/query(?:\/(\w+))?/.exec(url.pathname) ?? [];
  if (method === 'POST') return bulk.create(body, version);
  if (method === 'DELETE') return bulk.remove(id);
  return url.pathname.endsWith('/results') ? bulk.results(id, url, version) : bulk.look(id);
}

function performQuery({ org, quirks, pages }: World, kind: 'query' | 'queryAll', url: URL): Answer {
  const locator = /\/query(?:All)?\/([\w-]+)$/.exec(url.pathname)?.[1];
  const rows = locator ? pages.get(locator) : rest.query(org, url.searchParams.get('q') ?? '', kind === 'queryAll');
  if (!rows) throw new Refused('INVALID_QUERY_LOCATOR');
  const size = quirks.pageSize ?? 2000;
  const records = rows.slice(0, size);
  if (rows.length <= size) return rest.json(200, { totalSize: rows.length, done: true, records });
  const next = `01gDn${pages.size}-${size}`;
  pages.set(next, rows.slice(size));
  const nextRecordsUrl = `/services/data/v62.0/${kind}/${next}`;
  return rest.json(200, { totalSize: rows.length, done: false, nextRecordsUrl, records });
}

function faulty(operation: Operation, how: Exclude<Fault['how'], 'cut-short'>): Outcome {
  if (typeof how === 'string') return how;
  if (!('code' in how)) return how;
  const answer = codedAnswer(operation, how);
  return { ...answer, status: how.status ?? answer.status, headers: { ...answer.headers, ...how.headers } };
}

function codedAnswer(operation: Operation, how: Extract<Fault['how'], { code: string }>): Answer {
  const { code, message } = how;
  if (operation === 'token') return rest.json(400, { error: code, error_description: message ?? 'the description' });
  if (operation !== 'merge' && operation !== 'timestamp')
    return rest.restError(code, [], { ...(message && { message }) });
  const fault = (how.as ?? ([...FAULTS, ...MORE_FAULTS].includes(code) ? 'fault' : 'result')) === 'fault';
  return fault ? soap(500, faultAnswer(code, message)) : soap(200, refusedAnswer(code, [], message));
}

const MAX_BYTES = 16_384;

/** 414 for a URL that is too long, 431 for URL and headers together: without a code, as the edge answers. */
function lengthAnswer({ url, headers }: SalesforceRequest): Answer | undefined {
  const urlBytes = Buffer.byteLength(`https://${headers.host ?? ''}${url}`);
  if (urlBytes > MAX_BYTES) return { status: 414, body: '' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return urlBytes + Buffer.byteLength(lines.join('')) > MAX_BYTES ? { status: 431, body: '' } : undefined;
}

type Handle = (request: SalesforceRequest) => Promise<Outcome>;

async function fetchFrom(handle: Handle, url: string, init: RequestInit): Promise<Response> {
  const { pathname, search } = new URL(url);
  const headers = Object.fromEntries(new Headers(init.headers));
  const outcome = await handle({
    method: init.method ?? 'GET',
    url: pathname + search,
    headers,
    body: String(init.body ?? ''),
  });
  if (outcome === 'hang-up') throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
  if (outcome === 'silence') return new Promise((_, reject) => rejectAtAbort(init.signal, reject));
  return new Response(outcome.body ?? null, { status: outcome.status, headers: outcome.headers ?? {} });
}

function rejectAtAbort(signal: AbortSignal | null | undefined, reject: (reason: unknown) => void): void {
  signal?.addEventListener('abort', () => reject(signal.reason));
}

async function listen(handle: Handle): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const body = Buffer.concat(chunks).toString('utf8');
    const outcome = await handle({ method: incoming.method ?? '', url: incoming.url ?? '', headers, body });
    if (outcome === 'silence') return;
    if (outcome === 'hang-up') return void response.destroy();
    response.writeHead(outcome.status, outcome.headers).end(outcome.body);
  });
  const port = await listenAt(server, 0);
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, close };
}
