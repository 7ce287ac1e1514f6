import type { CrmFailure } from '../../errors.ts';

/**
 * What the API's codes mean for us. The names are those of ExceptionCode and StatusCode in the Partner WSDL:
 * https://developer.salesforce.com/docs/platform/api/guide/sforce-api-calls-concepts-core-data-objects.html
 * A code that stands nowhere here was refused for good.
 */

/** Nothing happened, and time cures it: locks, load, maintenance. */
export const PASSING_CODES = [
  'UNABLE_TO_LOCK_ROW',
  'SERVER_UNAVAILABLE',
  'REQUEST_RUNNING_TOO_LONG',
  'QUERY_TIMEOUT',
  'INVALID_QUERY_LOCATOR', // Of ten open queries of a user the oldest is closed, its next page with it: a new query is whole.
  'TOO_MANY_APEX_REQUESTS',
  'FUNCTIONALITY_TEMPORARILY_UNAVAILABLE',
  'API_CURRENTLY_DISABLED',
  'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE',
  'ORG_IN_MAINTENANCE',
  'ORG_IS_SIGNING_UP',
  'ORG_NOT_OWNED_BY_INSTANCE',
  'SSO_SERVICE_DOWN',
  'REALTIME_PROCESSING_TIME_EXCEEDED_LIMIT',
  'TXN_SECURITY_FAIL_CLOSE',
  'TXN_SECURITY_METERING_ERROR',
  'TXN_SECURITY_RUNTIME_ERROR',
  'MATCH_SERVICE_TIMED_OUT',
  'MATCH_SERVICE_UNAVAILABLE_ERROR',
  'RECORD_IN_USE_BY_WORKFLOW',
  'TERRITORY_REALIGN_IN_PROGRESS',
] as const;

/** A quota is used up. */
export const LIMIT_CODES = ['REQUEST_LIMIT_EXCEEDED', 'EXCEEDED_RATE_LIMIT'] as const;

/** Nothing happened: the user, its rights, the app or the org's access must be put in order. */
export const CREDENTIAL_CODES = [
  'INVALID_SESSION_ID',
  'INVALID_AUTH_HEADER',
  'INVALID_LOGIN',
  'INVALID_OPERATION_WITH_EXPIRED_PASSWORD',
  'PASSWORD_LOCKOUT',
  'LOGIN_CHALLENGE_ISSUED',
  'LOGIN_CHALLENGE_PENDING',
  'LOGIN_DURING_RESTRICTED_DOMAIN',
  'LOGIN_DURING_RESTRICTED_TIME',
  'LOGIN_MUST_USE_SECURITY_TOKEN',
  'MUTUAL_AUTHENTICATION_FAILED',
  'INVALID_SSO_GATEWAY_URL',
  'API_DISABLED_FOR_ORG',
  'FUNCTIONALITY_NOT_ENABLED',
  'ORG_LOCKED',
  'TRIAL_EXPIRED',
  'CLIENT_NOT_ACCESSIBLE_FOR_USER',
  'CLIENT_REQUIRE_UPDATE_FOR_USER',
  'INVALID_CLIENT',
  'UNSUPPORTED_CLIENT',
  'INSUFFICIENT_ACCESS',
  'INSUFFICIENT_ACCESS_OR_READONLY',
  'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
  'INVALID_READ_ONLY_USER_DML',
  'OP_WITH_INVALID_USER_TYPE_EXCEPTION',
  'PORTAL_NO_ACCESS',
  'INACTIVE_PORTAL',
  'TXN_SECURITY_NO_ACCESS',
  'TXN_SECURITY_END_A_SESSION',
  'TXN_SECURITY_TWO_FA_REQUIRED',
] as const;

/** “Something went wrong in our system”: it does not say how far the call got. */
export const DOUBTFUL_CODES = ['UNKNOWN_EXCEPTION', 'INTERNAL_ERROR', 'INTERNAL_SERVER_ERROR', 'SERVER_ERROR'] as const;

/** SOAP 1.1 §4.4.1: the message itself is wrong, and must not be sent again without a change. */
const SOAP_CLIENT_CODES = ['Client', 'MustUnderstand', 'VersionMismatch'];

const KINDS: ReadonlyMap<string, CrmFailure> = new Map([
  ...rows('retry-soon', PASSING_CODES),
  ...rows('retry-after', LIMIT_CODES),
  ...rows('auth', CREDENTIAL_CODES),
  ...rows('ambiguous', DOUBTFUL_CODES),
  ...rows('permanent', SOAP_CLIENT_CODES),
]);

function rows(kind: CrmFailure, codes: readonly string[]): [string, CrmFailure][] {
  return codes.map((code) => [code, kind]);
}

// Codes of later API versions that say by their name that the user or its session is the matter.
const CREDENTIALS_BY_NAME =
  /^LOGIN_|^INSUFFICIENT_ACCESS|^USER_.*(FROZEN|INACTIVE|LOCKED)|PASSWORD|SESSION|FROZEN|AUTHENTICATION|ACCESS_DENIED|FORBIDDEN|UNAUTHORIZED/;

/** `undefined`: a code that is not known to be passing, about credentials, or doubtful. */
export const kindOfCode = (code: string): CrmFailure | undefined =>
  KINDS.get(code) ?? (CREDENTIALS_BY_NAME.test(code) ? 'auth' : undefined);

const HIDEABLE: ReadonlySet<string> = new Set([...PASSING_CODES, ...LIMIT_CODES]);
const LOCK_IN_WORDS = /unable to obtain exclusive access|being modified by another user|deadlock/i;

/**
 * A passing failure inside the message of another one: an org's own trigger or flow met a lock or a limit, and the
 * whole transaction was rolled back. The message may hold data, so only the code leaves this function.
 */
export function hiddenCode(message: string): string | undefined {
  const hidden = message.match(/[A-Z]+(?:_[A-Z]+)+/g)?.find((word) => HIDEABLE.has(word));
  return hidden ?? (LOCK_IN_WORDS.test(message) ? 'UNABLE_TO_LOCK_ROW' : undefined);
}
