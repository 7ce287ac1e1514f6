import type { Fetch, Now } from '../../ports.ts';
import { checkBaseUrl } from '../base-url.ts';
import { type CrmResponse, createCrmClient } from '../client.ts';
import { signWebhook, webhookId, webhookKeys } from './standard-webhooks.ts';

export const VENDOR = 'http';

export interface HttpAccess {
  /** Where messages are posted: https, or http to this machine; a query is kept. */
  endpoint: string;
  /** See `webhookKeys` for its form. */
  secret: string;
  /** Accepts http:// to another machine. */
  allowInsecure?: boolean | undefined;
  fetch: Fetch;
  now: Now;
  /** Milliseconds for one call. */
  timeoutMs: number;
}

/** One signed POST; the same key gives the same `webhook-id`. @throws CrmError when there is no answer. */
export type SignedPost = (idempotencyKey: string, body: string) => Promise<CrmResponse>;

/** @throws ConfigError at once when endpoint or secret are unusable. */
export function createSignedPost(access: HttpAccess): SignedPost {
  const url = checkBaseUrl(access.endpoint, { setting: 'endpoint', allowInsecure: access.allowInsecure });
  const keys = webhookKeys(access.secret);
  const call = createCrmClient({ ...access, vendor: VENDOR, baseUrl: url.origin });
  return (idempotencyKey, body) => {
    const message = { id: webhookId(idempotencyKey), timestamp: Math.floor(access.now() / 1000), body };
    const headers = {
      'content-type': 'application/json',
      'webhook-id': message.id,
      'webhook-timestamp': String(message.timestamp),
      'webhook-signature': signWebhook(message, keys),
    };
    return call({ method: 'POST', path: url.pathname + url.search, label: 'the endpoint', headers, body });
  };
}
