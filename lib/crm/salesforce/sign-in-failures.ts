import { CrmError } from '../../errors.ts';
import type { Now } from '../../ports.ts';
import type { CrmResponse } from '../client.ts';
import { passingError, type RefusedBy, unexpectedStatus, VENDOR } from './failures.ts';

/** What the token endpoint says: https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_flow_errors.htm */
export interface SignInRefusal {
  error: string;
  /** May name the user: looked at, never kept. */
  description: string;
}

/** The token endpoint is busy, or broken for a moment (RFC 6749 §4.1.2.1 has the middle two). */
export const PASSING_SIGN_IN_ERRORS = [
  'unknown_error',
  'server_error',
  'temporarily_unavailable',
  'rate_limit_exceeded',
] as const;

const LIMITED = /rate_limit|rate exceeded|rate limit|logins exceeded|too many (requests|logins)/i;
const PASSING_IN_WORDS = /retry your request|temporarily|unavailable|maintenance/i;
const LIMITED_WAIT_MS = 60_000; // Logins are limited for each user and hour; asking at once uses up what comes back.

/** What an administrator has to look at, by the endpoint's word. */
export const LASTING_SIGN_IN_ERRORS = {
  invalid_grant:
    'is the user active, not frozen, admitted to the app, allowed to sign in from here and now, and is this clock right?',
  inactive_user: 'activate or unfreeze the user',
  inactive_org: 'the org is locked or closed',
  invalid_client_id: 'is the consumer key right? A new app needs up to 30 minutes',
  invalid_client: 'is the consumer secret right?',
  invalid_client_credentials: 'is the consumer secret right?',
  invalid_app_access: 'admit the user to the app, in its policies',
  unsupported_grant_type: 'enable this flow in the app, and a user to run as in its policies',
  invalid_request: 'enable this flow in the app, and a user to run as in its policies',
  invalid_scope: 'give the app the scope "api"',
  access_denied: 'admit the user to the app, in its policies',
} as const;

/** @returns `auth` for what lasts, with advice; a kind that is tried again for what passes. */
export function signInRefusal(refusal: SignInRefusal, by: RefusedBy, now: Now): CrmError {
  const { error, description } = refusal;
  const said = /^[a-z_]{1,64}$/.test(error) ? error : 'an unusual code';
  const message = `${VENDOR}: sign-in was refused with ${said}`;
  const limited = LIMITED.test(`${error} ${description}`);
  const known = (PASSING_SIGN_IN_ERRORS as readonly string[]).includes(error);
  if (!known && !limited && !PASSING_IN_WORDS.test(description))
    return new CrmError('auth', message + adviceOn(error), { code: error });
  const passed = passingError('retry-soon', message, { code: error, by, now });
  if (passed.retryAt !== undefined || !limited) return passed;
  return new CrmError('retry-after', message, { code: error, retryAt: now() + LIMITED_WAIT_MS });
}

function adviceOn(error: string): string {
  const advice = Object.entries(LASTING_SIGN_IN_ERRORS).find(([code]) => code === error)?.[1];
  return advice === undefined ? '' : ` (${advice})`;
}

/** An answer without the endpoint's own word. What lasts is a matter of credentials here, whatever its status. */
export function unexpectedSignInAnswer(by: CrmResponse, what: string, now: Now): CrmError {
  const error = unexpectedStatus(by, { what, repeatable: true, now });
  return error.kind === 'permanent' ? new CrmError('auth', error.message, { code: error.code }) : error;
}
