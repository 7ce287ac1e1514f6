import * as v from 'valibot';
import type { Fetch, Now } from '../../ports.ts';
import { type CrmCall, type CrmResponse, createCrmClient } from '../client.ts';
import { refusal, SESSION_REJECTED, unexpectedStatus, VENDOR } from './failures.ts';
import type { SalesforceSession } from './session.ts';
import { faultCode } from './soap.ts';
import { nodesAt, parseXml } from './xml.ts';

export interface CallOptions {
  instanceUrl: string;
  /** `62.0` */
  apiVersion: string;
  session: SalesforceSession;
  fetch: Fetch;
  now: Now;
  timeoutMs: number;
}

export interface RestCall {
  method: 'GET' | 'POST' | 'PATCH';
  /** Below `/services/data/vXX.X`. */
  path: string;
  /** The path without ids and query, for errors. */
  label: string;
  body?: unknown;
  /** Statuses to hand over; any other is thrown. */
  accept: number[];
}

export interface SalesforceCalls {
  /** @returns status and the JSON of its body, `undefined` when it has none. @throws CrmError */
  rest(call: RestCall): Promise<{ status: number; body: unknown }>;
  /** @param envelope made for a token. @returns the text of a 200 or 500. @throws CrmError */
  soap(label: string, envelope: (token: string) => string): Promise<string>;
  now: Now;
}

/** One attempt for each call; one more only where Salesforce rejected the token, which means that nothing happened. */
export function createCalls(options: CallOptions): SalesforceCalls {
  const { session, apiVersion, now } = options;
  const client = createCrmClient({ ...options, vendor: VENDOR, baseUrl: options.instanceUrl });

  const withToken = async (callFor: (token: string) => CrmCall) => {
    const token = await session.token();
    const response = await client(callFor(token));
    if (!rejectsToken(response)) return response;
    return client(callFor(await session.renew(token)));
  };

  return {
    now,
    async rest(call) {
      const repeatable = call.method === 'GET';
      const response = await withToken((token) => ({
        method: call.method,
        path: `/services/data/v${apiVersion}${call.path}`,
        label: call.label,
        repeatable,
        headers: restHeaders(token, call.body !== undefined),
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      }));
      const attempt = { what: `${call.method} ${call.label}`, repeatable, now };
      const body = readJson(response.text);
      if (call.accept.includes(response.status) && body !== UNREADABLE) return { status: response.status, body };
      const code = errorCode(body);
      throw code === undefined ? unexpectedStatus(response, attempt) : refusal(code, attempt);
    },
    async soap(label, envelope) {
      const path = `/services/Soap/u/${apiVersion}`;
      const headers = { 'content-type': 'text/xml; charset=UTF-8', soapaction: '""' };
      const response = await withToken((token) => ({
        method: 'POST',
        path,
        label,
        headers,
        body: envelope(token),
      }));
      if (response.status === 200 || soapFault(response) !== undefined) return response.text;
      throw unexpectedStatus(response, { what: `POST ${label}`, repeatable: false, now });
    },
  };
}

function restHeaders(token: string, hasBody: boolean): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    // Rules that only warn about duplicates do not stop a write (vendor's REST guide, from version 52.0 on).
    ...(hasBody && { 'content-type': 'application/json', 'sforce-duplicate-rule-header': 'allowSave=true' }),
  };
}

/** REST says 401, SOAP says it in a fault. */
function rejectsToken(response: CrmResponse): boolean {
  return response.status === 401 || soapFault(response) === SESSION_REJECTED;
}

function soapFault({ status, text }: CrmResponse): string | undefined {
  return status >= 400 && text.startsWith('<') ? faultCode(nodesAt(parseXml(text), 'Envelope', 'Body')[0]) : undefined;
}

const UNREADABLE = Symbol('not JSON');

function readJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return UNREADABLE;
  }
}

const Errors = v.array(v.object({ errorCode: v.string() }));

function errorCode(body: unknown): string | undefined {
  const errors = v.safeParse(Errors, body);
  return errors.success ? errors.output[0]?.errorCode : undefined;
}
