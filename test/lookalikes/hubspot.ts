import type { Fetch } from '../../lib/ports.ts';
import { DEFAULT_QUIRKS, type HubspotQuirks, Refusal } from './hubspot-account.ts';
import type { HubspotAnswer } from './hubspot-answers.ts';
import { violations } from './hubspot-models.ts';
import { createPortal } from './hubspot-portal.ts';
import { createRollingLimit, type HubspotLimit } from './hubspot-rate-limit.ts';
import { HUBSPOT_ROUTES, type HubspotRequest } from './hubspot-routes.ts';
import { type Answered, listen, type Ordered, type Outcome, parse } from './hubspot-socket.ts';

export interface HubspotLookalikeOptions {
  now: () => number;
  token?: string;
  scopes?: string[];
  limit?: HubspotLimit;
  quirks?: Partial<HubspotQuirks>;
}

/** Something that goes wrong with the next matching request, before or after it has taken effect. */
export interface HubspotFault {
  /** Matched against `METHOD /path`. */
  on: RegExp;
  when: 'before-effect' | 'after-effect';
  answer: { status: number; headers?: Record<string, string>; body?: unknown } | 'hang-up' | 'silence';
  /** Milliseconds before the answer, for a slow one. */
  delayMs?: number;
  times?: number;
}

export interface RequestSeen extends HubspotRequest {
  status: number | 'hang-up' | 'silence';
}

export const ALL_SCOPES = [
  'crm.objects.contacts.read',
  'crm.objects.contacts.write',
  'crm.schemas.contacts.read',
  'crm.schemas.contacts.write',
];

/** A HubSpot account to test against: in the process as a `fetch`, or over real sockets with `listen`. */
export function createHubspotLookalike(options: HubspotLookalikeOptions) {
  const { now, token = 'pat-test', scopes = ALL_SCOPES } = options;
  const quirks = { ...DEFAULT_QUIRKS, ...options.quirks };
  const portal = createPortal(quirks, now);
  const limit = createRollingLimit(options.limit, now);
  const seen: RequestSeen[] = [];
  const broken: string[] = [];
  const faults: HubspotFault[] = [];

  function answer(request: HubspotRequest): Ordered {
    const fault = takeFault(faults, `${request.method} ${request.path}`);
    const regular = fault?.when === 'before-effect' ? undefined : regularAnswer(request);
    const outcome = fault ? faultyAnswer(fault, regular) : regular;
    if (!outcome) throw new Error('a request without an answer');
    seen.push({ ...request, status: typeof outcome === 'string' ? outcome : outcome.status });
    return { outcome, delayMs: fault?.delayMs ?? 0 };
  }

  function regularAnswer(request: HubspotRequest): Answered {
    const { headers, refusal } = limit.admit();
    const { status, body } = refusal ? { status: 429, body: errorBody(refusal) } : route(request);
    return { status, headers: { ...headers, date: new Date(now()).toUTCString() }, text: JSON.stringify(body) };
  }

  function route(request: HubspotRequest): HubspotAnswer {
    if (request.path === TOKEN_INFO) return tokenInfo(request);
    const found = HUBSPOT_ROUTES.find(({ method, path }) => method === request.method && path.test(request.path));
    try {
      if (request.headers.authorization !== `Bearer ${token}`) throw new Refusal(401, UNAUTHORIZED);
      if (!found) throw new Refusal(404, { message: 'resource not found', category: 'OBJECT_NOT_FOUND' });
      if (found.scope && !scopes.includes(found.scope)) throw new Refusal(403, missingScope(found.scope));
      expectModel(found.request, request.body);
      const { status, body } = found.handle({ portal, quirks, now }, request);
      expectModel(found.answer, body);
      return { status, body };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: error.status, body: expectModel('ModelError', errorBody(error.body)) };
    }
  }

  /** Remembers every member that the vendor's models do not have: `broken` must stay empty. */
  function expectModel<T>(model: string | undefined, body: T): T {
    if (model) broken.push(...violations(model, body));
    return body;
  }

  function tokenInfo({ body }: HubspotRequest): HubspotAnswer {
    const known = (body as { tokenKey?: string } | undefined)?.tokenKey === token;
    return known
      ? { status: 200, body: { userId: 1, hubId: 2, appId: 3, scopes } }
      : { status: 404, body: errorBody({ message: 'no such token', category: 'OBJECT_NOT_FOUND' }) };
  }

  const inProcess: Fetch = async (url, init) => {
    const { outcome, delayMs } = answer(requestOf(url, init));
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    return toResponse(outcome);
  };

  return {
    portal,
    /** Every request with what became of it. */
    seen,
    /** Violations of the vendor's models, by us or by this look-alike. */
    broken,
    mostCallsInAnInterval: limit.mostAtOnce,
    fail: (fault: HubspotFault) => void faults.push(fault),
    fetch: inProcess,
    /** The same without waiting, for simulated time. */
    respond: (url: string, init: RequestInit) => toResponse(answer(requestOf(url, init)).outcome),
    listen: () => listen(answer),
  };
}

export type HubspotLookalike = ReturnType<typeof createHubspotLookalike>;

const TOKEN_INFO = '/oauth/v2/private-apps/get/access-token-info';
const UNAUTHORIZED = { message: 'Authentication credentials not found.', category: 'INVALID_AUTHENTICATION' };

const errorBody = (body: Record<string, unknown>) => ({
  status: 'error',
  correlationId: '00000000-0000-4000-8000-000000000000',
  ...body,
});

const missingScope = (scope: string) => {
  const message = 'One or more of the following scopes are required.';
  return { message, category: 'MISSING_SCOPES', errors: [{ message, context: { requiredGranularScopes: [scope] } }] };
};

function takeFault(faults: HubspotFault[], line: string): HubspotFault | undefined {
  const index = faults.findIndex(({ on }) => on.test(line));
  const fault = faults[index];
  if (!fault) return undefined;
  fault.times = (fault.times ?? 1) - 1;
  if (fault.times <= 0) faults.splice(index, 1);
  return fault;
}

function faultyAnswer({ answer }: HubspotFault, regular: Answered | undefined): Outcome {
  if (typeof answer === 'string') return answer;
  const { status, headers = {}, body } = answer;
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? errorBody({ message: 'as ordered' }));
  return { status, headers: { ...regular?.headers, ...headers }, text };
}

function requestOf(url: string, init: RequestInit): HubspotRequest {
  const { pathname, searchParams } = new URL(url);
  const headers = Object.fromEntries(new Headers(init.headers));
  const body = parse(String(init.body ?? ''));
  return { method: init.method ?? 'GET', path: pathname, query: searchParams, headers, body };
}

function toResponse(outcome: Outcome): Response {
  if (outcome === 'hang-up') throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
  if (outcome === 'silence') throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  return new Response(outcome.text, { status: outcome.status, headers: outcome.headers });
}
