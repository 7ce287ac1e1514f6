import * as v from 'valibot';
import type { CrmError } from '../../errors.ts';
import type { Fetch, Now } from '../../ports.ts';
import { type CrmCall, type CrmResponse, createCrmClient } from '../client.ts';
import { type Attempt, type Refusal, refusal, SESSION_REJECTED, unexpectedStatus, VENDOR } from './failures.ts';
import type { SalesforceSession } from './session.ts';
import { readFault, soapBody } from './soap.ts';
import type { XmlNode } from './xml.ts';

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
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/services/data/vXX.X`. */
  path: string;
  /** The path without ids and query, for errors. */
  label: string;
  body?: unknown;
  /** Statuses to hand over; any other is thrown. */
  accept: number[];
  /** May be made again without an answer to the first; if left out, a GET may. */
  repeatable?: boolean;
}

/** A GET whose answer is CSV. */
export interface CsvCall {
  /** Below `/services/data/vXX.X`. */
  path: string;
  /** The path without ids and query, for errors. */
  label: string;
}

export interface RestAnswer {
  status: number;
  /** The JSON of the body, `undefined` when it has none. */
  body: unknown;
  /** Of the body, in characters. */
  size: number;
}

export interface SoapCall {
  label: string;
  /** Made for a token. */
  envelope(token: string): string;
  /** True for a call that may be made again without an answer to the first. */
  repeatable: boolean;
}

export interface SalesforceCalls {
  /** @throws CrmError */
  rest(call: RestCall): Promise<RestAnswer>;
  /** @throws CrmError for every answer but a 200. */
  csv(call: CsvCall): Promise<{ text: string; headers: Headers }>;
  /** @returns the SOAP body of a 200, `undefined` when it cannot be read. @throws CrmError, also for a fault. */
  soap(call: SoapCall): Promise<XmlNode | undefined>;
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
      const repeatable = call.repeatable ?? call.method === 'GET';
      const response = await withToken((token) => restCall(call, { apiVersion, token, repeatable }));
      return readRest(response, call.accept, { what: `${call.method} ${call.label}`, repeatable, now });
    },
    async csv({ path, label }) {
      const call: RestCall = { method: 'GET', path, label, accept: [200] };
      const response = await withToken((token) => ({
        ...restCall(call, { apiVersion, token, repeatable: true }),
        headers: { authorization: `Bearer ${token}`, accept: 'text/csv' },
      }));
      if (response.status === 200) return response;
      throw refusedRest(response, readJson(response.text), { what: `GET ${label}`, repeatable: true, now });
    },
    async soap(call) {
      const response = await withToken((token) => soapCall(call, apiVersion, token));
      return readSoap(response, { what: `POST ${call.label}`, repeatable: call.repeatable, now });
    },
  };
}

function restCall(call: RestCall, by: { apiVersion: string; token: string; repeatable: boolean }): CrmCall {
  const { method, label, path, body } = call;
  return {
    method,
    path: `/services/data/v${by.apiVersion}${path}`,
    label,
    repeatable: by.repeatable,
    headers: restHeaders(by.token, body !== undefined),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}

function restHeaders(token: string, hasBody: boolean): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    // Rules that only warn about duplicates do not stop a write, from version 52.0 on:
    // https://developer.salesforce.com/docs/platform/api-rest/guide/headers-duplicaterules.html
    ...(hasBody && { 'content-type': 'application/json', 'sforce-duplicate-rule-header': 'allowSave=true' }),
  };
}

function soapCall({ label, envelope, repeatable }: SoapCall, apiVersion: string, token: string): CrmCall {
  return {
    method: 'POST',
    path: `/services/Soap/u/${apiVersion}`,
    label,
    repeatable,
    headers: { 'content-type': 'text/xml; charset=UTF-8', soapaction: '""' },
    body: envelope(token),
  };
}

/** REST says 401, SOAP says it in a fault. */
function rejectsToken({ status, text }: CrmResponse): boolean {
  if (status < 400) return false;
  if (status === 401) return true;
  const refusals = text.startsWith('<') ? faultsIn(text) : refusalsIn(readJson(text));
  return refusals.some(({ code }) => code === SESSION_REJECTED);
}

function faultsIn(text: string): Refusal[] {
  const fault = readFault(soapBody(text));
  return fault ? [fault] : [];
}

function readRest(response: CrmResponse, accept: number[], attempt: Attempt): RestAnswer {
  const body = readJson(response.text);
  if (accept.includes(response.status) && body !== UNREADABLE)
    return { status: response.status, body, size: response.text.length };
  throw refusedRest(response, body, attempt);
}

function refusedRest(response: CrmResponse, body: unknown, attempt: Attempt): CrmError {
  const refusals = refusalsIn(body);
  return refusals.length === 0 ? unexpectedStatus(response, attempt) : refusal(refusals, attempt, response);
}

function readSoap(response: CrmResponse, attempt: Attempt): XmlNode | undefined {
  const body = soapBody(response.text);
  const fault = readFault(body);
  // Every fault of Salesforce's comes as 500 by the SOAP standard, so that status says nothing about it.
  if (fault) throw refusal([fault], attempt, response.status === 500 ? undefined : response);
  if (response.status !== 200) throw unexpectedStatus(response, attempt);
  return body;
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

const Refusals = v.array(v.object({ errorCode: v.string(), message: v.optional(v.nullable(v.string())) }));

function refusalsIn(body: unknown): Refusal[] {
  const refusals = v.safeParse(Refusals, body);
  if (!refusals.success) return [];
  return refusals.output.map(({ errorCode, message }) => ({ code: errorCode, message: message ?? undefined }));
}
