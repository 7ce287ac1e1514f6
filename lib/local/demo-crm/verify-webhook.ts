import { timingSafeEqual } from 'node:crypto';
import { signWebhook } from '../../crm/http/standard-webhooks.ts';

export interface ReceivedWebhook {
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

const TOLERANCE_SECONDS = 300; // As the Standard Webhooks libraries have it.

/** The receiver's half of Standard Webhooks. @returns the webhook-id, or undefined for what is not genuine or too old. */
export function verifyWebhook({ headers, body }: ReceivedWebhook, keys: Buffer[], now: number): string | undefined {
  const id = String(headers['webhook-id'] ?? '');
  const timestamp = Number(headers['webhook-timestamp'] ?? Number.NaN);
  if (id === '' || !(Math.abs(now / 1000 - timestamp) <= TOLERANCE_SECONDS)) return undefined;
  const given = String(headers['webhook-signature'] ?? '').split(' ');
  const expected = signWebhook({ id, timestamp, body }, keys).split(' ');
  return given.some((one) => expected.some((other) => sameText(one, other))) ? id : undefined;
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
