import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createHandler } from '../../functions/receive/handler.ts';
import { encode } from '../../lib/aws/document-items.ts';
import { IntakeSettingsSchema, readSettings } from '../../lib/config.ts';
import { decodeAesKey, newKeys } from '../../lib/dustess/envelope-keys.ts';
import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import { seal } from '../../lib/dustess/seal.ts';
import { openCallback } from '../../lib/intake/open-callback.ts';
import { createEventLedger } from '../../lib/ledger/ledger.ts';
import { DEFAULT_TIMING } from '../../lib/ledger/timing.ts';
import { createLog, withFields } from '../../lib/log.ts';
import type { Documents } from '../../lib/ports.ts';
import { bareOpen } from './bare-open.ts';
import { pairedRatios, type Ratio } from './paired-ratios.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '40' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});

interface Row {
  name: string;
  bytes: number;
  limit: number;
  door: Ratio;
  opened: Ratio;
  stored: Ratio;
  forged: Ratio;
}

type Content = (index: number) => object;
const { body } = SAMPLE_ENVELOPE;
const contact = (body.mergedContacts as object[])[0] ?? {};
const SIZES: [name: string, bytes: number, shape: (bytes: number) => Content, limit: number][] = [
  ['sample', 0, () => (index) => ({ ...body, uid: String(index) }), 1.6],
  ['50 KB of contacts', 50_000, withContacts, 1.4],
  ['500 KB of contacts', 500_000, withContacts, 1.4],
  ['50 KB of text', 50_000, withText, 1.4],
  ['500 KB of text', 500_000, withText, 1.4],
  ['50 KB of changes', 50_000, withChanges, 1.4],
  ['500 KB of changes', 500_000, withChanges, 1.4],
];

/** Many contacts merged at once: what makes an event large in practice. */
function withContacts(bytes: number): Content {
  const count = Math.ceil(bytes / Buffer.byteLength(JSON.stringify(contact)));
  return (index) => ({
    ...body,
    uid: String(index),
    mergedIDs: Array.from({ length: count }, (_, one) => `2df106aa-7057-11ed-a049-${String(one).padStart(12, '0')}`),
    mergedContacts: Array.from({ length: count }, (_, one) => ({ ...contact, remark: `好 ${one}` })),
  });
}

/** One long remark. */
function withText(bytes: number): Content {
  return (index) => ({
    ...body,
    uid: String(index),
    old: { remark: '联系人 called 13299932123. '.repeat(bytes / 32) },
  });
}

/** Many custom fields changed, each a text of JSON. */
function withChanges(bytes: number): Content {
  const customFields = Array.from({ length: Math.ceil(bytes / 65) }, (_, one) => ({
    id: `field${one}`,
    type: 'text',
    value: JSON.stringify(`值 ${one}`),
  }));
  return (index) => ({ ...body, uid: String(index), changed: { customFields } });
}

const NOW = Date.UTC(2026, 10, 24, 12);
const RECEIVE_ID = 'ww0123456789abcdef';
const keys = newKeys(randomBytes);
const settings = readSettings(IntakeSettingsSchema, 'door', { keys: [keys], receiveIds: [RECEIVE_ID] });
const MAX_REFUSAL = 3;
const COPIES = 16; // Different texts, so that no engine remembers the last one.

function callbackText(content: object, index: number): string {
  const sealing = {
    receiveId: RECEIVE_ID,
    timestamp: String(NOW / 1000),
    nonce: `n${index}`,
    random16: randomBytes(16),
  };
  return JSON.stringify({
    ...SAMPLE_ENVELOPE,
    id: `event-${index}`,
    body: seal(JSON.stringify(content), keys, sealing),
  });
}

/** Keeps everything, remembers nothing. */
const store = { get: async () => undefined, put: async () => true } as unknown as Documents;
const log = createLog(
  () => undefined,
  () => NOW,
);
const deps = {
  ledger: (tenant: string) => createEventLedger(store, tenant),
  queue: { send: async () => undefined },
  settings: async () => settings,
  now: () => NOW,
  timing: { ...DEFAULT_TIMING, payloadMs: 1 },
  log,
};
/** As functions/receive/index.ts calls it. */
const handler = (event: APIGatewayProxyEventV2) =>
  createHandler({ ...deps, log: withFields(log, { awsRequestId: '2df106aa-7057-11ed-a049-000000000000' }) })(event);

async function measure(name: string, content: Content, limit: number, rounds: number): Promise<Row> {
  const texts = Array.from({ length: COPIES }, (_, index) => callbackText(content(index), index));
  const forged = texts.map((text) => text.replace('"msgSignature":"', '"msgSignature":"x'));
  const payloads = texts.map((text) => openCallback(callbackOf(text), settings, NOW).payload);
  const key = decodeAesKey(keys.encodingAesKey);
  const bare = (index: number) => bareOpen(at(texts, index), keys.token, key);
  const ratio = (one: (index: number) => unknown, floor = bare) => pairedRatios(one, floor, rounds);
  return {
    name,
    bytes: Buffer.byteLength(JSON.stringify(content(0))),
    limit,
    door: await ratio((index) => answered(at(texts, index), 200)),
    opened: await ratio((index) => openCallback(callbackOf(at(texts, index)), settings, NOW)),
    stored: await ratio((index) => encode(at(payloads, index))),
    forged: await ratio((index) => answered(at(forged, index), 401)),
  };
}

const at = <T>(list: T[], index: number) => list[index % list.length] as T;
const callbackOf = (text: string) => ({ tenant: 'main', sourceAddress: '203.0.113.9', body: text });

async function answered(text: string, status: number): Promise<void> {
  const event = {
    requestContext: { http: { method: 'POST', sourceIp: '203.0.113.9' } },
    pathParameters: { tenant: 'main' },
    rawQueryString: '',
    body: text,
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEventV2;
  const answer = await handler(event);
  if (answer.statusCode !== status) throw new Error(`answered ${answer.statusCode}`);
}

/** As large as Lambda lets in, and nothing in it is signed. */
const BYTES = 5_800_000;
const signature = { msgSignature: '0'.repeat(40), timeStamp: String(NOW / 1000), nonce: 'n' };
const HOSTILE: [name: string, body: object][] = [
  ['names', { ...Object.fromEntries(Array.from({ length: 400_000 }, (_, one) => [`k${one}`, 'x'])), ...signature }],
  ['spaces', { encrypt: ' '.repeat(BYTES), ...signature }],
  ['a letter and a space', { encrypt: 'A '.repeat(BYTES / 2), ...signature }],
  ['letters of no base64', { encrypt: '*'.repeat(BYTES), ...signature }],
  ['base64', { encrypt: 'A'.repeat(BYTES), ...signature }],
];

/** A refusal against `JSON.parse` of the same bytes. */
async function refusal(hostile: object, rounds: number): Promise<Ratio> {
  const texts = [0, 1].map((id) => JSON.stringify({ id, body: hostile }));
  return pairedRatios(
    (index) => answered(at(texts, index), 401),
    (index) => JSON.parse(at(texts, index)),
    rounds,
  );
}

const show = ({ median, low, high }: Ratio) => `${median.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;

function lineOf({ name, bytes, limit, door, opened, stored, forged }: Row): string {
  return [
    `${name.padEnd(20)} ${String(bytes).padStart(7)} bytes  bare ${door.floorMicroseconds.toFixed(0)} µs`,
    `door ${show(door)} of ${limit}  opened ${show(opened)}  stored ${show(stored)}  forged ${show(forged)}`,
  ].join('  ');
}

let isWithin = true;
for (const [name, bytes, shape, limit] of SIZES.filter(([one]) => one.includes(values.only))) {
  const row = await measure(name, shape(bytes), limit, Number(values.rounds));
  isWithin &&= row.door.median <= limit;
  console.log(values.json ? JSON.stringify(row) : lineOf(row));
}
for (const [name, hostile] of HOSTILE.filter(([one]) => one.includes(values.only))) {
  const unsigned = await refusal(hostile, Number(values.rounds) / 2);
  isWithin &&= unsigned.median <= MAX_REFUSAL;
  console.log(
    values.json ? JSON.stringify({ name, unsigned }) : `5.8 MB of ${name}: ${show(unsigned)} of ${MAX_REFUSAL}`,
  );
}
process.exitCode = isWithin ? 0 : 1;
