import { CrmError, type CrmFailure } from '../../errors.ts';
import type { Now } from '../../ports.ts';
import type { CrmResponse } from '../client.ts';
import { retryAfter } from '../client.ts';

export const VENDOR = 'salesforce';

/** The token was not accepted: nothing happened, and another token may do. */
export const SESSION_REJECTED = 'INVALID_SESSION_ID';

const LIMIT = 'REQUEST_LIMIT_EXCEEDED';
const LIMIT_WAIT_MS = 15 * 60_000; // The daily limit is a rolling 24 hours: some of it comes back within minutes.

// Codes of the API's exceptions and of results; what is not listed was refused for good.
const BY_CODE: ReadonlyMap<string, CrmFailure> = new Map([
  ...rows('retry-soon', 'UNABLE_TO_LOCK_ROW', 'SERVER_UNAVAILABLE', 'REQUEST_RUNNING_TOO_LONG', 'QUERY_TIMEOUT'),
  ...rows('retry-soon', 'FUNCTIONALITY_TEMPORARILY_UNAVAILABLE'),
  ...rows('retry-soon', 'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE'),
  ...rows('retry-after', LIMIT),
  ...rows('auth', SESSION_REJECTED, 'INVALID_AUTH_HEADER', 'API_DISABLED_FOR_ORG', 'API_CURRENTLY_DISABLED'),
  ...rows('auth', 'INVALID_LOGIN', 'PASSWORD_LOCKOUT', 'INACTIVE_OWNER_OR_USER', 'ORG_LOCKED'),
  ...rows('ambiguous', 'UNKNOWN_EXCEPTION'), // "Something went wrong in our system": not how far it got.
]);

function rows(kind: CrmFailure, ...codes: string[]): [string, CrmFailure][] {
  return codes.map((code) => [code, kind]);
}

/** What was attempted, as it may stand in an error. */
export interface Attempt {
  /** `POST merge`: no ids, no query. */
  what: string;
  /** True for a call that changes nothing: doubt about it is no doubt, it is asked again. */
  repeatable: boolean;
  now: Now;
}

/** A refusal with Salesforce's own code, in a REST answer, a SOAP fault or a result. */
export function refusal(code: string, { what, repeatable, now }: Attempt): CrmError {
  const kind = BY_CODE.get(code) ?? 'permanent';
  const settled = kind === 'ambiguous' && repeatable ? 'retry-soon' : kind;
  const retryAt = kind === 'retry-after' ? now() + LIMIT_WAIT_MS : undefined;
  return new CrmError(settled, `${VENDOR}: ${what} was refused with ${plain(code)}`, { code, retryAt });
}

const plain = (code: string) => (/^[A-Z_]{1,64}$/.test(code) ? code : 'an unusual code');

/** An HTTP answer without a code of Salesforce's: from a proxy, an edge, or cut short. */
export function unexpectedStatus(response: CrmResponse, { what, repeatable, now }: Attempt): CrmError {
  const { status, headers } = response;
  const kind = kindOfStatus(status, repeatable);
  const retryAt = kind === 'retry-soon' ? retryAfter(headers, now) : undefined;
  const hint = status < 400 || status === 404 ? '; is instanceUrl the org’s My Domain address?' : '';
  return new CrmError(retryAt === undefined ? kind : 'retry-after', `${VENDOR}: ${what} answered ${status}${hint}`, {
    code: `http-${status}`,
    retryAt,
  });
}

function kindOfStatus(status: number, repeatable: boolean): CrmFailure {
  if (status === 401 || status === 403) return 'auth';
  if (status === 429 || (status >= 300 && status < 400)) return 'retry-soon'; // A redirect: moved, or under maintenance.
  if (status >= 400 && status < 500 && status !== 408) return 'permanent';
  return repeatable ? 'retry-soon' : 'ambiguous'; // 5xx, or a 2xx that nobody can read.
}
