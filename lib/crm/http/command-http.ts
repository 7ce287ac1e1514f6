import { ConfigError, CrmError, type CrmFailure } from '../../errors.ts';
import type { CommandAnswer, CommandCrm, Fetch, MergeCommand, Now } from '../../ports.ts';
import { type CrmResponse, createCrmClient, retryAfter } from '../client.ts';
import { signWebhook, webhookId, webhookKeys } from './standard-webhooks.ts';

const NAME = 'http';

export interface CommandHttpOptions {
  /** Where commands are posted, http or https; a query is kept. */
  endpoint: string;
  /** See `webhookKeys` for its forms. */
  secret: string;
  fetch: Fetch;
  now: Now;
  timeoutMs: number;
}

/**
 * An in-house CRM that merges when told to: one signed POST a merge, in the Standard Webhooks form. The same command
 * always has the same body; only the time of the attempt, and with it the signature, differ.
 * @throws ConfigError at once when endpoint or secret are unusable.
 */
export function createCommandHttpCrm(options: CommandHttpOptions): CommandCrm {
  const keys = webhookKeys(options.secret);
  const url = parseEndpoint(options.endpoint);
  const call = createCrmClient({ ...options, vendor: NAME, baseUrl: url.origin });
  return {
    style: 'command',
    name: NAME,
    async send(command, idempotencyKey) {
      const body = commandBody(command);
      const message = { id: webhookId(idempotencyKey), timestamp: Math.floor(options.now() / 1000), body };
      const headers = {
        'content-type': 'application/json',
        'webhook-id': message.id,
        'webhook-timestamp': String(message.timestamp),
        'webhook-signature': signWebhook(message, keys),
      };
      const path = url.pathname + url.search;
      return toAnswer(await call({ method: 'POST', path, label: 'the endpoint', headers, body }), options.now);
    },
  };
}

function parseEndpoint(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new ConfigError('the CRM endpoint must be a URL that begins with https:// (or http://)');
  if (url.username || url.password)
    throw new ConfigError('the CRM endpoint must not carry a user name or password: requests are signed instead');
  return url;
}

/** Members in one fixed order, and no time but the event's: a retry says the same, byte for byte. */
function commandBody(command: MergeCommand): string {
  const { tenant, eventId, survivorId, loserIds, changed, old, mergedContacts, ...rest } = command;
  const { triggeredAt, operatorId, origin } = rest;
  const who = { tenant, eventId, survivorId, loserIds };
  const data = { ...who, changed, old, mergedContacts, triggeredAt, operatorId, origin };
  return JSON.stringify({ type: 'contact.merged', timestamp: triggeredAt, data });
}

const DONE = new Set([200, 201, 202, 204]);

// What a status other than success means, and what the operator should know about it.
const FAILURES = new Map<number, { kind: CrmFailure; hint?: string }>([
  [401, { kind: 'auth', hint: 'check that both sides have the same secret and the right time' }],
  [403, { kind: 'auth', hint: 'check that the receiver lets this sender in' }],
  [408, { kind: 'retry-soon' }], // Request Timeout
  [410, { kind: 'permanent', hint: 'the receiver wants no more commands: check the endpoint' }],
  [413, { kind: 'permanent', hint: 'raise the size of request the receiver accepts' }],
  [425, { kind: 'retry-soon' }], // Too Early
  [429, { kind: 'retry-soon' }], // Too Many Requests
]);

function toAnswer(response: CrmResponse, now: Now): CommandAnswer {
  const { status } = response;
  if (DONE.has(status)) return { outcome: 'done' };
  if (status === 404) return { outcome: 'unknown-contacts' };
  if (status === 409) return { outcome: 'contradiction', code: answerCode(response) };
  const { kind, hint } = FAILURES.get(status) ?? otherFailure(status);
  const retryAt = kind === 'retry-soon' || kind === 'ambiguous' ? retryAfter(response.headers, now) : undefined;
  throw new CrmError(
    kind === 'retry-soon' && retryAt !== undefined ? 'retry-after' : kind,
    `${NAME}: POST the endpoint answered ${status}${hint ? `; ${hint}` : ''}`,
    { retryAt, code: answerCode(response) },
  );
}

function otherFailure(status: number): { kind: CrmFailure; hint?: string } {
  // It may have taken effect before it failed, so nobody but the receiver, by the webhook-id, can say.
  if (status >= 500) return { kind: 'ambiguous' };
  if (status >= 400) return { kind: 'permanent' };
  if (status >= 300) return { kind: 'permanent', hint: 'redirects are not followed: enter the final URL' };
  return { kind: 'permanent', hint: 'success is 200, 201, 202 or 204' };
}

/** The answer's own `code` or `error` where it is one word, else the status: a sentence may quote personal data. */
function answerCode({ status, text }: CrmResponse): string {
  try {
    const { code, error } = JSON.parse(text) ?? {};
    return [code, error].find(isWord) ?? String(status);
  } catch {
    return String(status);
  }
}

// Begins with a letter and holds no long number, so that no telephone number or id card passes for a code.
const isWord = (value: unknown): value is string =>
  typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(value) && !/\d{5}/.test(value);
