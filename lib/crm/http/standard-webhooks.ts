import { createHash, createHmac } from 'node:crypto';
import { ConfigError } from '../../errors.ts';

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const PREFIX = 'whsec_';

export interface WebhookMessage {
  /** Stays the same however often the message is sent. */
  id: string;
  /** Time of this attempt, whole seconds since 1970. */
  timestamp: number;
  /** Exactly the text that is sent. */
  body: string;
}

/**
 * Signs as the Standard Webhooks specification 1.0.0 says: HMAC-SHA256 over `id.timestamp.body`, one `v1,<base64>`
 * for each key, separated by spaces, so that a receiver can change its key without losing a message.
 */
export function signWebhook(message: WebhookMessage, keys: Buffer[]): string {
  const signed = `${message.id}.${message.timestamp}.${message.body}`;
  return keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`).join(' ');
}

/**
 * `whsec_` + base64 is the specification's serialisation of a secret; several of them, separated by spaces, are all
 * signed with. Any other text is one secret, taken as its UTF-8 bytes.
 * @throws ConfigError for an empty secret and for a `whsec_` one that is not base64.
 */
export function webhookKeys(secret: string): Buffer[] {
  const text = secret.trim();
  if (text === '') throw new ConfigError('the webhook secret is empty: generate one and give it to both sides');
  const parts = text.split(/\s+/);
  if (!parts.every((part) => part.startsWith(PREFIX))) return [Buffer.from(text, 'utf8')];
  return parts.map((part) => decoded(part.slice(PREFIX.length)));
}

function decoded(base64: string): Buffer {
  if (!BASE64.test(base64)) throw new ConfigError('a webhook secret that begins with whsec_ must go on in base64');
  return Buffer.from(base64, 'base64');
}

/**
 * A key as it may stand in `webhook-id`: the specification forbids `.`, the delimiter of what is signed, and HTTP
 * forbids more. A key with anything unusual in it is replaced by its digest, so the same key still gives the same id.
 */
export function webhookId(key: string): string {
  if (/^[A-Za-z0-9_-]{1,200}$/.test(key)) return key;
  return `sha256_${createHash('sha256').update(key).digest('hex')}`;
}
