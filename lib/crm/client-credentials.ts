import { CrmError } from '../errors.ts';
import { objectIn, textIn } from '../json.ts';
import type { Fetch, Now } from '../ports.ts';
import { apiFailure } from './api-failure.ts';
import { checkBaseUrl } from './base-url.ts';
import { type CrmResponse, createCrmClient } from './client.ts';
import { createRenewingToken, type RenewingToken } from './renewing-token.ts';

export interface ClientCredentials {
  vendor: string;
  /** Where tokens are given out, and under which setting it is known. */
  tokenUrl: string;
  setting: string;
  allowInsecure?: boolean;
  clientId: string;
  clientSecret: string;
  scope: string;
  /** What in `error_description` says more than OAuth's own `error`. */
  refusal?: RegExp;
  fetch: Fetch;
  now: Now;
  timeoutMs: number;
}

// https://www.rfc-editor.org/rfc/rfc6749#section-5.2, and -4.1.2.1 for what passes.
const PASSING = ['temporarily_unavailable', 'server_error'];

/** OAuth 2.0 client credentials: https://www.rfc-editor.org/rfc/rfc6749#section-4.4. @throws ConfigError for an address that cannot be called. */
export function createClientCredentials(options: ClientCredentials): RenewingToken {
  const { vendor, now, setting, allowInsecure } = options;
  const { origin, pathname } = checkBaseUrl(options.tokenUrl, { setting, allowInsecure });
  const send = createCrmClient({ ...options, baseUrl: origin });
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: options.clientId,
    client_secret: options.clientSecret,
    scope: options.scope,
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const call = { method: 'POST' as const, path: pathname, label: 'the sign-in', headers, body: form.toString() };
  const request = async () => {
    const answer = await send({ ...call, repeatable: true });
    const token = textIn(objectIn(answer.text), 'access_token');
    if (answer.status === 200 && token) return token;
    throw failureOf(options, { ...call, repeatable: true }, answer);
  };
  return createRenewingToken(vendor, request, now);
}

type Refused = Parameters<typeof apiFailure>[1];

/** What lasts is a matter of credentials here, whatever its status. */
function failureOf({ vendor, refusal, now }: ClientCredentials, call: Refused, answer: CrmResponse): CrmError {
  const body = objectIn(answer.text);
  const error = textIn(body, 'error');
  const code = refusal?.exec(textIn(body, 'error_description') ?? '')?.[0] ?? error;
  const kind = PASSING.includes(error ?? '') ? 'retry-soon' : undefined;
  const failure = apiFailure(vendor, call, answer, { code, kind }, now);
  return failure.kind === 'permanent' ? new CrmError('auth', failure.message, { code }) : failure;
}
