import { ConfigError, CrmError } from '../../errors.ts';
import type { Now } from '../../ports.ts';
import { createRenewingToken, type RenewingToken } from '../renewing-token.ts';
import { VENDOR } from './failures.ts';

export type SalesforceSession = RenewingToken;

/** @param requestToken one call at the vendor's token endpoint. */
export function createSession(requestToken: () => Promise<string>, now: Now): SalesforceSession {
  return createRenewingToken(VENDOR, async () => usable(await requestToken()), now);
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

// Opaque tokens begin with the org's id and a `!`; a JWT is three parts of base64url, the first a JSON object.
// https://help.salesforce.com/s/articleView?id=xcloud.jwt_access_tokens.htm
const isJwt = (token: string) => /^ey[\w-]+\.[\w-]+\.[\w-]+$/.test(token);

function usable(token: string): string {
  if (isJwt(token)) throw authError(`the token endpoint gives out ${JWT_PROBLEM}`, 'JWT_FORMAT_TOKEN');
  return token;
}

const authError = (why: string, code = 'INVALID_SESSION_ID') => new CrmError('auth', `${VENDOR}: ${why}`, { code });
