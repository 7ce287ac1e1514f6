import { CrmError, type CrmFailure } from '../../errors.ts';
import { type JsonObject, objectIn, textIn } from '../../json.ts';
import type { Now } from '../../ports.ts';
import { type CrmResponse, retryAfter } from '../client.ts';
import { contextsIn, errorWord, isMissing, refusedProperties, wordsIn } from './refused-properties.ts';

/** What a failed call was about, as far as errors may tell. */
export interface FailedCall {
  method: string;
  label: string;
  repeatable: boolean;
  /** Names of the properties it sent. */
  properties: string[];
}

interface Failure {
  kind: CrmFailure;
  code?: string | undefined;
  hint?: string | undefined;
  retryAt?: number | undefined;
}

interface Moment {
  now: Now;
  /** Milliseconds since 1970: no call is made before it. */
  pausedUntil: number;
}

const LOCKED_MS = 2_000; // "Locks will last for 2 seconds", says the page.
const MIGRATION_MS = 600_000; // Up to 24 hours by the page; the answer names its time, this is for one that does not.

/** Sorts HubSpot's answers as https://developers.hubspot.com/docs/api-reference/error-handling describes them. */
export function hubspotFailure(call: FailedCall, response: CrmResponse, at: Moment): CrmError {
  const { kind, code, hint, retryAt } = sort(call, response, at);
  const message = `hubspot: ${call.method} ${call.label} answered ${response.status}${hint ? `; ${hint}` : ''}`;
  return new CrmError(kind, message, { code: code ?? errorCode(response), retryAt });
}

function sort(call: FailedCall, response: CrmResponse, at: Moment): Failure {
  const { status, headers } = response;
  const body = objectIn(response.text);
  if (status === 401) return { kind: 'auth', hint: 'the service key or token is wrong or was revoked' };
  if (status === 403 || status === 407) return { kind: 'auth', hint: missingRights(response, body) };
  if (status === 423) return { kind: 'retry-after', retryAt: at.now() + LOCKED_MS };
  if (status === 429) return { kind: 'retry-after', retryAt: at.pausedUntil, code: textIn(body, 'policyName') };
  if (status === 477) return { kind: 'retry-after', retryAt: retryAfter(headers, at.now) ?? at.now() + MIGRATION_MS };
  if (status >= 500 || status === 408) return inTrouble(call, response, at);
  // Nothing has reached HubSpot: a proxy, a login page or a wrong address has answered instead.
  if (!isHubspotError(response)) return { kind: 'retry-soon', code: 'foreign-answer', hint: FOREIGN_HINT };
  return status === 414 ? tooManyMerges(body) : refused(call, body);
}

const FOREIGN_HINT = 'it is not HubSpot’s own answer: look at the proxy before it, and at the base URL';

/** Any of these may come from a proxy that gave up while HubSpot went on. */
function inTrouble({ repeatable }: FailedCall, { headers }: CrmResponse, { now }: Moment): Failure {
  const retryAt = retryAfter(headers, now);
  if (!repeatable) return { kind: 'ambiguous', retryAt };
  return { kind: retryAt === undefined ? 'retry-soon' : 'retry-after', retryAt };
}

function tooManyMerges(body: JsonObject): Failure {
  const limit = textIn(body, 'message')?.includes('250 identities');
  if (!limit) return { kind: 'permanent' };
  const hint = 'HubSpot allows 250 merges into one record; this one is full';
  return { kind: 'permanent', code: 'TOO_MANY_IDENTITIES', hint };
}

/** HubSpot's own refusal: its word for it, with the properties it is about. */
function refused({ properties }: FailedCall, body: JsonObject): Failure {
  // A merge that was begun before, by us or in HubSpot itself, and is not over yet.
  if (/in the process of being merged/i.test(textIn(body, 'message') ?? ''))
    return { kind: 'retry-soon', code: 'MERGE_IN_PROCESS', hint: 'one of the two is being merged at this moment' };
  const names = refusedProperties(properties, body);
  if (names.length === 0) return { kind: 'permanent' };
  const word = errorWord(body) ?? 'VALIDATION_ERROR';
  const hint = isMissing(word)
    ? `a rule of the account requires ${names.join(', ')}: map it, or loosen the rule in HubSpot`
    : `refused for ${names.join(', ')}`;
  return { kind: 'permanent', code: [word, ...names].join('.'), hint };
}

function missingRights(response: CrmResponse, body: JsonObject): string {
  if (!isHubspotError(response)) return 'a proxy or firewall before HubSpot refuses it: let this sender through';
  const scopes = contextsIn(body).flatMap((context) => wordsIn(context.requiredGranularScopes));
  if (scopes.length > 0) return `the key or app lacks a scope: ${[...new Set(scopes)].join(' or ')}`;
  return 'the key or app lacks a scope, or the user who made it has left: run the doctor';
}

/** The most telling of the codes in the body; each of its members is optional, by the page. */
function errorCode(response: CrmResponse): string {
  const body = objectIn(response.text);
  const others = [textIn(body, 'subCategory'), textIn(body, 'category'), textIn(body, 'errorType')];
  return errorWord(body) ?? wordsIn(others)[0] ?? String(response.status);
}

/** HubSpot's own error body, which a proxy's or a wrong host's answer does not have. */
export function isHubspotError(response: CrmResponse): boolean {
  const body = objectIn(response.text);
  return body.status === 'error' || typeof body.correlationId === 'string' || /^[A-Z_]+$/.test(String(body.category));
}
