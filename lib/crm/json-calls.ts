import type { JsonObject } from '../json.ts';
import type { Fetch, Now } from '../ports.ts';
import { apiFailure, type OwnWord } from './api-failure.ts';
import { type CrmCall, type CrmResponse, createCrmClient } from './client.ts';
import type { RenewingToken } from './renewing-token.ts';

export interface JsonApi {
  vendor: string;
  baseUrl: string;
  fetch: Fetch;
  now: Now;
  /** For one call. */
  timeoutMs: number;
  /** Left out: what `headers` has is all there is. */
  session?: RenewingToken;
  headers(token: string): Record<string, string>;
  /** Whether a 2xx is the CRM's own, not a proxy's or a login page's. */
  isOwn(answer: CrmResponse): boolean;
  /** What the CRM says in an answer that is no success. */
  ownWord(answer: CrmResponse): OwnWord;
}

/** @throws CrmError for every answer that is not the CRM's own 2xx. */
export type JsonCalls = (call: Omit<CrmCall, 'body'> & { body?: JsonObject }) => Promise<CrmResponse>;

/** Calls of an API that takes and gives JSON: one attempt each, once more with a new token after a 401, which did nothing. */
export function createJsonCalls(api: JsonApi): JsonCalls {
  const { session, vendor, now } = api;
  const send = createCrmClient(api);
  return async ({ body, ...call }) => {
    const attempt = (token: string) => {
      const headers = { 'content-type': 'application/json', ...api.headers(token), ...call.headers };
      return send({ ...call, headers, ...(body && { body: JSON.stringify(body) }) });
    };
    const token = session ? await session.token() : '';
    const first = await attempt(token);
    const answer = first.status === 401 && session ? await attempt(await session.renew(token)) : first;
    if (answer.status >= 200 && answer.status < 300 && api.isOwn(answer)) return answer;
    throw apiFailure(vendor, call, answer, api.ownWord(answer), now);
  };
}
