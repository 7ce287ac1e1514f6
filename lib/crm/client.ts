import { CrmError } from '../errors.ts';
import type { Fetch, Now } from '../ports.ts';

/** One answer of a CRM, read whole. */
export interface CrmResponse {
  status: number;
  headers: Headers;
  text: string;
}

export interface CrmCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** Begins with `/`; appended to the base URL. */
  path: string;
  /** The path as it may stand in errors and logs: without ids or query. */
  label: string;
  headers?: Record<string, string>;
  body?: string;
  /** True for a call that may be made again without an answer to the first: it changes nothing that matters. */
  repeatable?: boolean;
}

export interface CrmClientOptions {
  vendor: string;
  baseUrl: string;
  fetch: Fetch;
  timeoutMs: number;
}

export type CrmClient = (call: CrmCall) => Promise<CrmResponse>;

// The connection was never made: nothing can have happened there. (Node's own and undici's codes.)
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * One attempt, no retry (the queue retries), no redirect followed (a body must not travel to another host).
 * Resolves with every HTTP answer whatever its status; what a status means is the adapter's to say.
 * @throws CrmError `retry-soon` when nothing was sent or a read failed, `ambiguous` when a write went unanswered.
 */
export function createCrmClient(options: CrmClientOptions): CrmClient {
  return async (call) => {
    try {
      const response = await options.fetch(options.baseUrl.replace(/\/+$/, '') + call.path, {
        method: call.method,
        redirect: 'manual',
        signal: AbortSignal.timeout(options.timeoutMs),
        ...(call.headers && { headers: call.headers }),
        ...(call.body !== undefined && { body: call.body }),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (cause) {
      throw noAnswer(options.vendor, call, cause);
    }
  };
}

function noAnswer(vendor: string, call: CrmCall, cause: unknown): CrmError {
  const code = networkCode(cause);
  const kind = call.repeatable || NEVER_CONNECTED.has(code) ? 'retry-soon' : 'ambiguous';
  return new CrmError(kind, `${vendor}: ${call.method} ${call.label} got no answer (${code})`, { code });
}

/** By shape, not by class: errors of another realm (a test runner's, a worker's) are errors too. */
function networkCode(error: unknown): string {
  for (let at = error as NodeJS.ErrnoException | undefined; at; at = at.cause as typeof at) {
    if (typeof at.code === 'string') return at.code;
    if (at.name === 'TimeoutError') return 'TIMEOUT';
  }
  return 'NETWORK';
}

/**
 * `Retry-After` as milliseconds since 1970: seconds or an HTTP date (RFC 9110 §10.2.3), bounded to a day;
 * `undefined` when absent or unreadable.
 */
export function retryAfter(headers: Headers, now: Now): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (!text) return undefined;
  const at = /^\d+(\.\d+)?$/.test(text) ? now() + Number(text) * 1000 : httpDate(text);
  if (Number.isNaN(at)) return undefined;
  return Math.min(Math.max(at, now()), now() + 86_400_000);
}

// Date.parse alone takes almost anything with a digit in it for a date.
const httpDate = (text: string) => (text.endsWith('GMT') ? Date.parse(text) : Number.NaN);
