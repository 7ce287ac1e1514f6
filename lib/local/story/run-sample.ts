import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { SAMPLE_ENVELOPE } from '../../dustess/sample.ts';
import { seal } from '../../dustess/seal.ts';
import type { JsonObject } from '../../json.ts';
import { TENANT } from '../crm-settings.ts';
import type { DemoContact, DemoContacts } from '../demo-crm/contacts.ts';
import { filledFields, plainFields } from '../demo-crm/fields.ts';
import type { LocalKeys } from '../keys.ts';

/** What became of the sender's sample on its way through the real functions. */
export interface SampleRun {
  /** The URL verification was answered with exactly what had been sealed. */
  verified: boolean;
  bytes: number;
  status: number;
  answer: string;
  /** True when the ledger knew the event from an earlier start. */
  known: boolean;
  state: string;
  reason: string | undefined;
  /** Requests that the CRM was sent meanwhile. */
  crmCalls: number;
  tookMs: number;
  before: DemoContact[];
  after: DemoContact[];
}

export interface SampleWay {
  /** The gateway's address. */
  url: string;
  keys: LocalKeys;
  demo: DemoContacts | undefined;
  /** Requests that the CRM has been sent so far. */
  crmCalls: () => number;
  /** Milliseconds since 1970. */
  now: () => number;
}

const { body } = SAMPLE_ENVELOPE;
const SURVIVOR = String(body.mainID);
const LOSER = String((body.mergedIDs as string[])[0]);
const PATIENCE_MS = 20_000;
const AT_REST = ['applied', 'ignored', 'skipped', 'held', 'parked'];

/** Does what 尘锋 does: verifies the URL, then delivers the sample, encrypted and signed; and waits for the outcome. */
export async function runSample(way: SampleWay): Promise<SampleRun> {
  if (way.demo) seed(way.demo);
  const known = (await view(way)).state !== undefined;
  const before = snapshot(way.demo);
  const verified = await verifyUrl(way);
  const sentAt = way.now();
  const callsBefore = way.crmCalls();
  const sent = await deliver(way);
  const { state = 'unknown', reason } = await outcome(way, sentAt + PATIENCE_MS);
  const after = snapshot(way.demo);
  return {
    ...sent,
    verified,
    known,
    state,
    reason,
    crmCalls: way.crmCalls() - callsBefore,
    tookMs: way.now() - sentAt,
    before,
    after,
  };
}

export const SAMPLE_EVENT_ID = SAMPLE_ENVELOPE.id;
export const SAMPLE_SURVIVOR = SURVIVOR;

/** Both contacts as the sample describes them, each with one value that only a CRM has, so that there is something to see. */
function seed(demo: DemoContacts): void {
  const [loser = {}] = body.mergedContacts as JsonObject[];
  const contacts: [string, JsonObject][] = [
    [SURVIVOR, { ...said(body.old as JsonObject), 'customFields.field10': '2023 VIP' }],
    [LOSER, { ...said(loser), memberLevel: 'gold' }],
  ];
  for (const [id, fields] of contacts) if (!demo.get(id) && !demo.mergedInto(id)) demo.put(id, fields);
}

/** The sender writes zeros for what it does not know. */
function said(contact: JsonObject): JsonObject {
  const { mobileList: _mobileList, ...fields } = filledFields(plainFields(contact));
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== 0));
}

const snapshot = (demo: DemoContacts | undefined) =>
  [SURVIVOR, LOSER].flatMap((id) => demo?.get(id) ?? []).map((contact) => structuredClone(contact));

function sealed(plaintext: string, { keys, now }: SampleWay) {
  const timestamp = String(Math.floor(now() / 1000));
  const sealing = { receiveId: keys.receiveId, timestamp, nonce: randomBytes(8).toString('hex') };
  return seal(plaintext, keys, { ...sealing, random16: randomBytes(16) });
}

async function verifyUrl(way: SampleWay): Promise<boolean> {
  const echo = randomUUID();
  const { encrypt, msgSignature, timeStamp, nonce } = sealed(echo, way);
  const query = new URLSearchParams({ msg_signature: msgSignature, timestamp: timeStamp, nonce, echo_str: encrypt });
  const response = await fetch(`${callbackUrl(way)}?${query}`);
  return response.ok && (await response.text()) === echo;
}

async function deliver(way: SampleWay): Promise<Pick<SampleRun, 'bytes' | 'status' | 'answer'>> {
  const envelope = JSON.stringify({ ...SAMPLE_ENVELOPE, body: sealed(JSON.stringify(body), way) });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(callbackUrl(way), { method: 'POST', headers, body: envelope });
  return { bytes: Buffer.byteLength(envelope), status: response.status, answer: await response.text() };
}

const callbackUrl = ({ url }: SampleWay) => `${url}/callback/${TENANT}`;

interface View {
  state?: string;
  reason?: string;
}

async function view({ url }: SampleWay): Promise<View> {
  return (await (await fetch(`${url}/_local/events/${TENANT}/${SAMPLE_EVENT_ID}`)).json()) as View;
}

async function outcome(way: SampleWay, until: number): Promise<View> {
  for (;;) {
    const seen = await view(way);
    if (AT_REST.includes(seen.state ?? '') || way.now() > until) return seen;
    await pause(20);
  }
}
