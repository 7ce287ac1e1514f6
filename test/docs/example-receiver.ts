import { createHmac, timingSafeEqual } from 'node:crypto';

const FIVE_MINUTES = 300;

/** @param body exactly as it came, before anything parses it. @param now milliseconds since 1970. */
export function isGenuine(headers: Record<string, unknown>, body: string, secret: string, now: number): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (!(Math.abs(now / 1000 - Number(timestamp)) <= FIVE_MINUTES)) return false;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  return String(signatures)
    .split(' ')
    .map((one) => Buffer.from(one.replace('v1,', ''), 'base64'))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
}

export interface People {
  /** True for each webhook-id whose merge is done; kept with the data, in the same transaction. */
  isDone(webhookId: string): boolean;
  has(contactId: string): boolean;
  /** A word for why these cannot be merged, if they cannot: a survivor that was merged away by hand, say. */
  conflict(survivorId: string, loserIds: string[]): string | undefined;
  /** Losers into the survivor (the first of them, where there is no survivor), `changed` last, webhook-id noted. */
  merge(webhookId: string, command: { survivorId: string; loserIds: string[]; changed: object }): void;
}

/** A whole receiver: @returns the HTTP status and, for a contradiction, a body with its code. */
export function receive(
  headers: Record<string, unknown>,
  body: string,
  { people, secret, now }: { people: People; secret: string; now: number },
): { status: number; body?: string } {
  if (!isGenuine(headers, body, secret, now)) return { status: 401 };
  const webhookId = String(headers['webhook-id']);
  if (people.isDone(webhookId)) return { status: 204 };
  const { type, data } = JSON.parse(body);
  if (type !== 'contact.merged') return { status: 204 }; // The doctor's ping.
  const contactIds: string[] = [data.survivorId, ...data.loserIds];
  if (!contactIds.some((id) => people.has(id))) return { status: 404 };
  const conflict = people.conflict(data.survivorId, data.loserIds);
  if (conflict) return { status: 409, body: JSON.stringify({ code: conflict }) };
  people.merge(webhookId, data);
  return { status: 204 };
}
