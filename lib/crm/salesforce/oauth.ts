import { createPrivateKey, createSign, type KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { ConfigError, CrmError } from '../../errors.ts';
import type { Fetch, Now } from '../../ports.ts';
import { createCrmClient } from '../client.ts';
import { text } from '../setting-fields.ts';
import { unexpectedStatus, VENDOR } from './failures.ts';
import { createSession, createStaticSession, type SalesforceSession } from './session.ts';

/** How a tenant signs in: a token from elsewhere, OAuth client credentials, or a JWT signed with the tenant's own key. */
export const SalesforceCredentialsSchema = v.union(
  [
    v.strictObject({ token: text }),
    v.strictObject({ clientId: text, clientSecret: text }),
    v.strictObject({
      clientId: text,
      username: text,
      /** PEM; its certificate is uploaded to the app. */
      privateKey: text,
      /** Salesforce's own name in the assertion; by default login or, for a sandbox, test. */
      audience: v.optional(text),
    }),
  ],
  'needs `token`, or `clientId` with `clientSecret`, or `clientId` with `username` and `privateKey`',
);
export type SalesforceCredentials = v.InferOutput<typeof SalesforceCredentialsSchema>;

export interface SessionOptions {
  /** The org's My Domain address; its token endpoint serves both flows. */
  instanceUrl: string;
  credentials: SalesforceCredentials;
  fetch: Fetch;
  now: Now;
  timeoutMs: number;
}

/** @throws ConfigError for a private key or token that cannot work. */
export function createSalesforceSession(options: SessionOptions): SalesforceSession {
  const { credentials, now } = options;
  if ('token' in credentials) return createStaticSession(credentials.token);
  const form = grantOf(credentials, options);
  return createSession(() => requestToken(options, form()), now);
}

type Grant = () => Record<string, string>;

function grantOf(credentials: Exclude<SalesforceCredentials, { token: string }>, options: SessionOptions): Grant {
  if ('clientSecret' in credentials) {
    const { clientId, clientSecret } = credentials;
    return () => ({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret });
  }
  const key = readPrivateKey(credentials.privateKey);
  const audience = credentials.audience ?? audienceOf(options.instanceUrl);
  const claims = { iss: credentials.clientId, sub: credentials.username, aud: audience };
  return () => ({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: signAssertion(claims, key, options.now),
  });
}

function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new ConfigError(`${VENDOR}: privateKey is not a PEM private key without passphrase`);
  }
}

const audienceOf = (instanceUrl: string) =>
  instanceUrl.includes('.sandbox.') ? 'https://test.salesforce.com' : 'https://login.salesforce.com';

const ASSERTION_LIFE_SECONDS = 180; // The vendor refuses assertions that are valid for long.

/** RS256, as the vendor's JWT bearer flow wants it. */
function signAssertion(claims: Record<string, string>, key: KeyObject, now: Now): string {
  const expires = Math.floor(now() / 1000) + ASSERTION_LIFE_SECONDS;
  const parts = [{ alg: 'RS256' }, { ...claims, exp: expires }];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
}

const PATH = '/services/oauth2/token';
const TokenAnswer = v.object({ access_token: text });
const TokenRefusal = v.object({ error: text });

async function requestToken(options: SessionOptions, form: Record<string, string>): Promise<string> {
  const client = createCrmClient({ ...options, vendor: VENDOR, baseUrl: options.instanceUrl });
  const attempt = { what: `POST ${PATH}`, repeatable: true, now: options.now };
  const response = await client({
    method: 'POST',
    path: PATH,
    label: PATH,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(form).toString(),
    repeatable: true, // A token more or less changes nothing.
  });
  const body = readBody(response.text);
  const granted = v.safeParse(TokenAnswer, body);
  if (response.status === 200 && granted.success) return granted.output.access_token;
  const refused = v.safeParse(TokenRefusal, body);
  if (response.status < 500 && refused.success) throw tokenRefusal(refused.output.error);
  throw unexpectedStatus(response, attempt);
}

function tokenRefusal(code: string): CrmError {
  const known = code === 'invalid_grant' ? ' (is the user pre-authorised for the app, and this clock right?)' : '';
  return new CrmError('auth', `${VENDOR}: sign-in was refused with ${safe(code)}${known}`, { code });
}

const safe = (code: string) => (/^[a-z_]{1,64}$/.test(code) ? code : 'an unusual code');

function readBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
