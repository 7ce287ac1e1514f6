import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { seal } from '../../lib/dustess/seal.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

/** The keys that tests give to the stack, and the environment that says so. */
export const KEYS = {
  token: 'test-token',
  encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
  receiveId: 'test-company',
};
export const KEYS_ENV = {
  DUSTESS_TOKEN: KEYS.token,
  DUSTESS_ENCODING_AES_KEY: KEYS.encodingAesKey,
  DUSTESS_RECEIVE_ID: KEYS.receiveId,
};

export type Keys = typeof KEYS;

export function sealText(plaintext: string, keys: Keys = KEYS, at = Date.now()) {
  const timestamp = String(Math.floor(at / 1000));
  const nonce = randomBytes(8).toString('hex');
  return seal(plaintext, keys, { receiveId: keys.receiveId, timestamp, nonce, random16: randomBytes(16) });
}

/** A merge as 尘锋 words it, with whatever else the test wants in it. */
export function mergeBody(survivor: string, losers: string[], more: JsonObject = {}): JsonObject {
  return {
    id: survivor,
    mainID: survivor,
    account: 'W1',
    uid: '34',
    actionOrigin: 'normal',
    mergedIDs: losers,
    mergedContacts: losers.map((loser) => ({ remark: `details of ${loser}` })),
    changed: {},
    old: {},
    triggerTs: 1_686_107_367,
    ...more,
  };
}

export function sealedEnvelope(id: string, body: Json, keys: Keys = KEYS, at = Date.now()): string {
  const sealed = sealText(JSON.stringify(body), keys, at);
  return JSON.stringify({ id, event: 'CRM_MERGE', action: 'CRM_CONTACT_MERGED', body: sealed });
}

export interface Answered {
  status: number;
  text: string;
}

/** One POST as the sender makes it. */
export async function post(url: string, body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const answered: Answered = { status: response.status, text: await response.text() };
  return answered;
}

export const ACCEPTED: Answered = { status: 200, text: '{"code":1,"msg":"成功"}' };
export const REFUSED: Answered = { status: 401, text: '{"code":0,"msg":"处理失败"}' };

/** The check that 尘锋 makes when the URL is saved. */
export async function verifyUrl(url: string, echo: string, keys: Keys = KEYS): Promise<Answered> {
  const { encrypt, msgSignature, timeStamp, nonce } = sealText(echo, keys);
  const query = new URLSearchParams({ msg_signature: msgSignature, timestamp: timeStamp, nonce, echo_str: encrypt });
  const response = await fetch(`${url}?${query}`);
  return { status: response.status, text: await response.text() };
}

/** The ledger's view of an event; `status` 404 when there is none. */
export async function viewEvent(url: string, eventId: string, tenant = 'local') {
  const response = await fetch(`${url}/_local/events/${tenant}/${encodeURIComponent(eventId)}`);
  return { status: response.status, ...((await response.json()) as EventView) };
}

export interface EventView {
  state?: string;
  reason?: string;
  operatorActions?: unknown[];
  plan?: { steps: { kind: string; key: string }[] } | null;
  journal?: { call: string; outcome: string }[];
  payload?: { event: string; action: string; body: JsonObject } | null;
  error?: string;
}

/** @throws when the event is not in one of these states within the time. */
export async function eventually(url: string, eventId: string, states: string[], withinMs = 60_000) {
  const until = Date.now() + withinMs;
  for (;;) {
    const seen = await viewEvent(url, eventId);
    if (seen.state !== undefined && states.includes(seen.state)) return seen;
    if (Date.now() > until) throw new Error(`event ${eventId} is ${seen.state ?? 'unknown'} (${seen.reason ?? ''})`);
    await pause(25);
  }
}

export async function getJson<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T;
}

/** Makes a contact known to the demo CRM. */
export async function addContact(demoUrl: string, id: string, fields: JsonObject): Promise<void> {
  await post(`${demoUrl}/contacts`, JSON.stringify({ id, fields }));
}
