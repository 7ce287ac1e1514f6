import { CrmError, type CrmFailure } from '../../errors.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { Now } from '../../ports.ts';
import { type CrmResponse, retryAfter } from '../client.ts';

/** What a failed call was about, as far as errors may tell. */
export interface FailedCall {
  method: string;
  label: string;
  repeatable: boolean;
  /** Names of the properties it sent: only these may be named in an error. */
  properties: string[];
}

interface Failure {
  kind: CrmFailure;
  code?: string | undefined;
  hint?: string | undefined;
  retryAt?: number | undefined;
}

const LOCKED_MS = 2_000; // "Locks will last for 2 seconds", says HubSpot's error-handling page.
const MIGRATION_MS = 600_000; // Up to 24 hours by the same page, but the answer names its time; this is for when it does not.

/**
 * Sorts HubSpot's answers as its error-handling page describes them.
 * @param rateLimitedUntil milliseconds since 1970; counts for a 429.
 */
export function hubspotFailure(call: FailedCall, response: CrmResponse, at: { now: Now; rateLimitedUntil: number }) {
  const { kind, code, hint, retryAt } = sort(call, response, at);
  const message = `hubspot: ${call.method} ${call.label} answered ${response.status}${hint ? `; ${hint}` : ''}`;
  return new CrmError(kind, message, { code: code ?? errorCode(response), retryAt });
}

function sort(call: FailedCall, response: CrmResponse, at: { now: Now; rateLimitedUntil: number }): Failure {
  const { status, headers } = response;
  const body = bodyOf(response);
  if (status === 401) return { kind: 'auth', hint: 'the access token is wrong or was revoked' };
  if (status === 403) return { kind: 'auth', hint: missingScopes(body) };
  if (status === 414) return tooManyMerges(body);
  if (status === 423) return { kind: 'retry-after', retryAt: at.now() + LOCKED_MS };
  if (status === 429) return { kind: 'retry-after', retryAt: at.rateLimitedUntil, code: textIn(body, 'policyName') };
  if (status === 477) return { kind: 'retry-after', retryAt: retryAfter(headers, at.now) ?? at.now() + MIGRATION_MS };
  // Any of these may come from a proxy that gave up while HubSpot went on.
  if (status >= 500 || status === 408) return { kind: call.repeatable ? 'retry-soon' : 'ambiguous' };
  if (status < 400) return { kind: 'permanent', hint: 'this is no answer that HubSpot gives: check the base URL' };
  return { kind: 'permanent', hint: refusedProperties(call, body) };
}

function tooManyMerges(body: JsonObject): Failure {
  const limit = textIn(body, 'message')?.includes('250 identities');
  if (!limit) return { kind: 'permanent' };
  const hint = 'HubSpot allows 250 merges into one record; this one is full';
  return { kind: 'permanent', code: 'TOO_MANY_IDENTITIES', hint };
}

function missingScopes(body: JsonObject): string {
  const scopes = contexts(body).flatMap((context) => words(context.requiredGranularScopes));
  return scopes.length > 0
    ? `the app lacks a scope: ${[...new Set(scopes)].join(' or ')}`
    : 'the app lacks a scope: run the doctor';
}

function refusedProperties({ properties }: FailedCall, body: JsonObject): string | undefined {
  const named = contexts(body).flatMap((context) => [...words(context.propertyName), ...words(context.name)]);
  const ours = [...new Set(named)].filter((name) => properties.includes(name));
  return ours.length > 0 ? `refused for ${ours.join(', ')}` : undefined;
}

/** The most telling of the codes in the body; every one of its members is optional, HubSpot says. */
function errorCode(response: CrmResponse): string {
  const body = bodyOf(response);
  const detail = objects(body.errors).map((error) => textIn(error, 'code') ?? textIn(error, 'subCategory'));
  const codes = [...detail, textIn(body, 'subCategory'), textIn(body, 'category'), textIn(body, 'errorType')];
  return codes.find((code) => code !== undefined && isWord(code)) ?? String(response.status);
}

/** HubSpot's own error body, which a proxy's or a wrong host's answer does not have. */
export function isHubspotError(response: CrmResponse): boolean {
  const body = bodyOf(response);
  return body.status === 'error' || typeof body.correlationId === 'string';
}

function bodyOf({ text }: CrmResponse): JsonObject {
  try {
    return asObject(JSON.parse(text) as Json);
  } catch {
    return {};
  }
}

const asObject = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
const objects = (value: Json | undefined) => (Array.isArray(value) ? value.map(asObject) : []);
const contexts = (body: JsonObject) => [body, ...objects(body.errors)].map(({ context }) => asObject(context));
const isWord = (text: string) => /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(text);
const words = (value: Json | undefined) =>
  (Array.isArray(value) ? value : []).filter((one): one is string => typeof one === 'string' && isWord(one));

function textIn(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' ? value : undefined;
}
