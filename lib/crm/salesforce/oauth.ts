import { createPrivateKey, createSign, type KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { ConfigError } from '../../errors.ts';
import type { Fetch, Now } from '../../ports.ts';
import { type CrmResponse, createCrmClient } from '../client.ts';
import { text } from '../setting-fields.ts';
import { VENDOR } from './failures.ts';
import { createSession, createStaticSession, type SalesforceSession } from './session.ts';
import { headerText, type SalesforceCredentials } from './settings.ts';
import { signInRefusal, unexpectedSignInAnswer } from './sign-in-failures.ts';

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
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // Reported below like a key of another type: what the reader says may quote the key.
  }
  throw new ConfigError(`${VENDOR}: privateKey is not an RSA private key in PEM form without passphrase`);
}

const audienceOf = (instanceUrl: string) =>
  instanceUrl.includes('.sandbox.') ? 'https://test.salesforce.com' : 'https://login.salesforce.com';

const ASSERTION_LIFE_SECONDS = 180; // The longest that the flow's page allows.

/** RS256, as the JWT bearer flow wants it: https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm */
function signAssertion(claims: Record<string, string>, key: KeyObject, now: Now): string {
  const expires = Math.floor(now() / 1000) + ASSERTION_LIFE_SECONDS;
  const parts = [{ alg: 'RS256' }, { ...claims, exp: expires }];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
}

const PATH = '/services/oauth2/token';
const TokenAnswer = v.object({ access_token: headerText });
const TokenRefusal = v.object({ error: text, error_description: v.optional(v.nullable(v.string())) });

async function requestToken(options: SessionOptions, form: Record<string, string>): Promise<string> {
  const client = createCrmClient({ ...options, vendor: VENDOR, baseUrl: options.instanceUrl });
  const response = await client({
    method: 'POST',
    path: PATH,
    label: PATH,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(form).toString(),
    repeatable: true, // A token more or less changes nothing.
  });
  return readToken(response, options.now);
}

function readToken(response: CrmResponse, now: Now): string {
  const { status, text: body } = response;
  const granted = v.safeParse(v.pipe(v.string(), v.parseJson(), TokenAnswer), body);
  if (status === 200 && granted.success) return granted.output.access_token;
  const refused = v.safeParse(v.pipe(v.string(), v.parseJson(), TokenRefusal), body);
  if (!refused.success || status >= 500 || status === 429) throw unexpectedSignInAnswer(response, `POST ${PATH}`, now);
  const { error, error_description: description } = refused.output;
  throw signInRefusal({ error, description: description ?? '' }, response, now);
}
