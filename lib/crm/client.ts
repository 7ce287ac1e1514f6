import { CrmError } from '../errors.ts';
import type { Fetch, Now } from '../ports.ts';
import { noAnswer } from './no-answer.ts';
import { type RequestProgress, watchRequest } from './watch-request.ts';

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
  /** For the whole call, the reading of its answer included. */
  timeoutMs: number;
}

export type CrmClient = (call: CrmCall) => Promise<CrmResponse>;

/** Of an answer, after unpacking. A hundred contacts with long texts are less than 2 MB. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/**
 * One attempt, no retry (the queue retries), no redirect followed (a body must not travel to another host).
 * Resolves with every HTTP answer whatever its status; what a status means is the adapter's to say.
 * @throws CrmError `retry-soon` when nothing was sent or a repeatable call failed, `ambiguous` when a write went
 * unanswered; code `answer-too-large` for an answer above `MAX_ANSWER_BYTES`.
 * @example
 * const client = createCrmClient({ vendor: 'acme', baseUrl: 'https://people.acme.example', fetch, timeoutMs: 10_000 });
 * const { status, text } = await client({ method: 'GET', path: '/v1/people/7', label: '/v1/people/ID', repeatable: true });
 */
export function createCrmClient(options: CrmClientOptions): CrmClient {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  return async (call) => {
    const { vendor, timeoutMs } = options;
    const unanswered = { vendor, what: `${call.method} ${call.label}`, repeatable: call.repeatable === true };
    const progress: RequestProgress = { created: false, sent: false };
    try {
      return await watchRequest(progress, async () => {
        const response = await options.fetch(baseUrl + call.path, requestOf(call, timeoutMs));
        const text = await readText(response);
        if (text === undefined) throw tooLarge(unanswered, response.status);
        return { status: response.status, headers: response.headers, text };
      });
    } catch (cause) {
      if (cause instanceof CrmError) throw cause;
      // `fetch` makes a network error of this answer, as if there had been none (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch).
      if (progress.status === 407) return { status: 407, headers: new Headers(), text: '' };
      throw noAnswer(unanswered, cause, progress);
    }
  };
}

const requestOf = ({ method, headers, body }: CrmCall, timeoutMs: number): RequestInit => ({
  method,
  redirect: 'manual',
  signal: AbortSignal.timeout(timeoutMs),
  ...(headers && { headers }),
  ...(body !== undefined && { body }),
});

/** @returns undefined for an answer that is too large: what is left of it is not read. */
async function readText({ body }: Response): Promise<string | undefined> {
  if (!body) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) return undefined; // Leaving the loop cancels the stream and with it the connection.
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** The same answer would come again; but what a write has done, or a server in trouble, is not told by its length. */
function tooLarge({ vendor, what, repeatable }: { vendor: string; what: string; repeatable: boolean }, status: number) {
  const kind = !repeatable ? 'ambiguous' : status < 400 ? 'permanent' : 'retry-soon';
  const limit = `${MAX_ANSWER_BYTES / 1024 / 1024} MB`;
  return new CrmError(kind, `${vendor}: ${what} was answered ${status} with more than ${limit}`, {
    code: 'answer-too-large',
  });
}

const MAX_WAIT_MS = 86_400_000;

/**
 * `Retry-After` as milliseconds since 1970: seconds or an HTTP date (RFC 9110 §10.2.3,
 * https://www.rfc-editor.org/rfc/rfc9110#field.retry-after), the longest of several, bounded to a day.
 * @returns undefined when absent or unreadable.
 * @example retryAfter(new Headers({ 'retry-after': '600' }), () => 0) // 600_000
 */
export function retryAfter(headers: Headers, now: Now): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (!text) return undefined;
  const seconds = text.split(',').map((one) => one.trim());
  const isSeconds = seconds.every((one) => /^\d+(\.\d+)?$/.test(one));
  const at = isSeconds ? now() + Math.max(...seconds.map(Number)) * 1000 : httpDate(text);
  if (Number.isNaN(at)) return undefined;
  return Math.min(Math.max(at, now()), now() + MAX_WAIT_MS);
}

// The three forms of RFC 9110 §5.6.7. `Date.parse` alone takes almost anything with a digit in it for a date.
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

function httpDate(text: string): number {
  if (text.endsWith('GMT')) return Date.parse(text);
  return ASCTIME.test(text) ? Date.parse(`${text} GMT`) : Number.NaN;
}
