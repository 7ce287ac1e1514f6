import { createHash, createHmac } from 'node:crypto';
import { ConfigError } from '../../errors.ts';

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
 * Signs as the Standard Webhooks specification says (https://www.standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`, one `v1,<base64>`
 * for each key, separated by spaces, so that a receiver can change its key without losing a message.
 */
export function signWebhook(message: WebhookMessage, keys: Buffer[]): string {
  const signed = `${message.id}.${message.timestamp}.${message.body}`;
  return keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`).join(' ');
}

// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#symmetric
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;
const FORM = `\`${PREFIX}\` and the base64 of ${MIN_KEY_BYTES} to ${MAX_KEY_BYTES} bytes; \`npx merge-sync keygen --webhook\` makes one`;

/**
 * A secret is `whsec_` and the base64 of 24 to 64 bytes, as the specification has it, and nothing else: other forms are
 * read differently by different libraries. Several, separated by spaces, are all signed with.
 * @throws ConfigError, without quoting the secret.
 */
export function webhookKeys(secret: string): Buffer[] {
  const parts = secret.trim().split(/\s+/);
  if (parts[0] === '') throw new ConfigError(`the webhook secret is empty: it is ${FORM}`);
  return parts.map(readKey);
}

function readKey(secret: string): Buffer {
  if (/^v1a?,/.test(secret))
    throw new ConfigError(`the webhook secret begins with the \`v1,\` of a signature: leave that away, it is ${FORM}`);
  if (!secret.startsWith(PREFIX))
    throw new ConfigError(`the webhook secret does not begin with ${PREFIX}: it is ${FORM}`);
  const base64 = secret.slice(PREFIX.length);
  const key = Buffer.from(base64, 'base64');
  if (key.toString('base64') !== base64)
    throw new ConfigError(
      `what follows ${PREFIX} in the webhook secret is not base64, its = at the end included: it is ${FORM}`,
    );
  if (key.length < MIN_KEY_BYTES || key.length > MAX_KEY_BYTES)
    throw new ConfigError(`the webhook secret has ${key.length} bytes: it is ${FORM}`);
  return key;
}

// The examples of Standard Webhooks' and Svix' pages, libraries and tests: https://github.com/standard-webhooks/standard-webhooks
const PUBLISHED = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'];

/** Whether a secret stands in published examples (those of this repository use the first of them): no secret at all. */
export const isPublishedSecret = (secret: string): boolean => PUBLISHED.includes(secret) || isMonotonous(secret);

/** `AAAA…`: the base64 of one byte over and over. */
const isMonotonous = (secret: string) => new Set(Buffer.from(secret.slice(PREFIX.length), 'base64')).size < 8;

const NEW_KEY_BYTES = 32;

/** A secret for a webhook. @param randomBytes of `node:crypto` or alike. */
export const newWebhookSecret = (randomBytes: (size: number) => Uint8Array): string =>
  PREFIX + Buffer.from(randomBytes(NEW_KEY_BYTES)).toString('base64');

/**
 * A key as it may stand in `webhook-id`: the specification forbids `.`, the delimiter of what is signed, and HTTP
 * forbids more. A key with anything unusual in it is replaced by its digest, so the same key still gives the same id.
 */
export function webhookId(key: string): string {
  if (/^[A-Za-z0-9_-]{1,200}$/.test(key)) return key;
  return `sha256_${createHash('sha256').update(key).digest('hex')}`;
}
