import { ConfigError, CrmError } from '../../errors.ts';
import type { Now } from '../../ports.ts';
import { VENDOR } from './failures.ts';

/** Access tokens, shared by all calls of a tenant. */
export interface SalesforceSession {
  /** The token in force. @throws CrmError */
  token(): Promise<string>;
  /** Another token after Salesforce rejected this one: one request, however many calls were rejected. @throws CrmError */
  renew(rejected: string): Promise<string>;
}

const REMEMBER_REFUSAL_MS = 60_000; // Who was refused a token a moment ago does not ask again for every event.

/** @param requestToken one call at the vendor's token endpoint. */
export function createSession(requestToken: () => Promise<string>, now: Now): SalesforceSession {
  let held: string | undefined;
  let rejected: string | undefined;
  let pending: Promise<string> | undefined;
  let refused: { error: CrmError; at: number } | undefined;

  const ask = async () => {
    if (refused && now() - refused.at < REMEMBER_REFUSAL_MS) throw refused.error;
    try {
      const token = usable(await requestToken());
      if (token === rejected) throw authError('the token endpoint gives out the token that was just rejected');
      held = token;
      return token;
    } catch (error) {
      if (error instanceof CrmError && error.kind === 'auth') refused = { error, at: now() };
      throw error;
    }
  };
  const request = () => {
    pending ??= ask().finally(() => {
      pending = undefined;
    });
    return pending;
  };

  return {
    token: async () => held ?? request(),
    async renew(token) {
      if (held === token) [held, rejected] = [undefined, token];
      return held ?? request();
    },
  };
}

/** A token from the settings: it cannot be renewed. @throws ConfigError when it is of a kind that cannot merge. */
export function createStaticSession(token: string): SalesforceSession {
  if (isJwt(token)) throw new ConfigError(`${VENDOR}: the token is ${JWT_PROBLEM}`);
  return {
    token: async () => token,
    async renew() {
      throw authError('the token was rejected; put a new one into the settings, or use OAuth client credentials');
    },
  };
}

const JWT_PROBLEM =
  'a JWT-format access token, which the SOAP API does not accept: switch "Issue JWT-based access tokens" off in the app';

// Salesforce's opaque tokens begin with the org's id and a `!`; a JWT is three parts of base64url, the first a JSON object.
const isJwt = (token: string) => /^ey[\w-]+\.[\w-]+\.[\w-]+$/.test(token);

function usable(token: string): string {
  if (isJwt(token)) throw authError(`the token endpoint gives out ${JWT_PROBLEM}`, 'JWT_FORMAT_TOKEN');
  return token;
}

const authError = (why: string, code = 'INVALID_SESSION_ID') => new CrmError('auth', `${VENDOR}: ${why}`, { code });
