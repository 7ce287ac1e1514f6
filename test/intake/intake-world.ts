import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createHandler } from '../../functions/receive/handler.ts';
import { type IntakeSettings, IntakeSettingsSchema, readSettings } from '../../lib/config.ts';
import { StoreError } from '../../lib/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Content } from '../../lib/ledger/contents.ts';
import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { createEventLedger } from '../../lib/ledger/ledger.ts';
import { DEFAULT_TIMING } from '../../lib/ledger/timing.ts';
import { createLog } from '../../lib/log.ts';
import type { Documents, Queue } from '../../lib/ports.ts';
import { KEYS, RECEIVE_ID, sealed } from '../dustess/sealing.ts';
import { contentKey, eventKey } from '../ledger/raw-records.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

export const NOW = Date.UTC(2026, 10, 24, 12);
export const DAY = 86_400_000;
export const BODY = {
  id: 's',
  mainID: 's',
  mergedIDs: ['a'],
  changed: { remark: 'new', idCard: '110101199001011234' },
  old: {},
  triggerTs: 1_700_000_000,
};

export interface Posted {
  tenant?: string;
  secret?: string;
  sourceIp?: string;
  base64?: boolean;
}

let nonces = 0;
/** The envelope of a sealed merge, content new each time. */
export const envelope = (id: string, body: object = BODY, names: object = {}): JsonObject => ({
  id,
  event: 'CRM_MERGE',
  action: 'CRM_CONTACT_MERGED',
  ...names,
  body: { ...sealed(JSON.stringify({ ...body, nonce: nonces++ })) },
});

/** The same content sealed anew: as the sender does when it tries again. */
export const sealedAnew = (content: object) => ({ ...sealed(JSON.stringify(content), { random16: randomBytes(16) }) });

/** What becomes of a write: it does not happen, or it happens and the answer is lost. */
export type Fault = 'none' | 'lost' | 'unanswered';

async function pause(turns = 0): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
}

/** The real handler of `receive` around tables in memory, a queue that is a list, and the vendor's example keys. */
export function openIntake(settings: Partial<IntakeSettings> = {}) {
  const clock = { now: NOW };
  const events = asPort(createMemoryDocuments(() => clock.now));
  const queued: string[] = [];
  const messages: { event: string; delaySeconds: number }[] = [];
  const lines: JsonObject[] = [];
  const trouble = {
    queue: false,
    failPut: 0,
    faults: [] as Fault[],
    pauses: [] as number[],
    onPut: () => {},
    failKind: '',
  };
  const eventIds = new Set<string>();
  let puts = 0;
  const changed: { settings?: IntakeSettings; asked: number; problem?: Error } = { asked: 0 };
  const accepted = readSettings(IntakeSettingsSchema, 'door', { keys: [KEYS], receiveIds: [RECEIVE_ID], ...settings });
  const queue: Queue = {
    async send({ tenant, eventId }, delaySeconds = 0) {
      if (trouble.queue) throw new StoreError('SQS: send failed (TimeoutError)');
      const event = `${tenant}/${eventId}`;
      messages.push({ event, delaySeconds });
      if (!queued.includes(event)) queued.push(event);
    },
  };
  const requests: string[] = [];
  const get: Documents['get'] = async (key) => {
    requests.push(`get ${key.kind}`);
    await pause(trouble.pauses.shift());
    return events.get(key);
  };
  const put: Documents['put'] = async (...write) => {
    puts += 1;
    requests.push(`put ${write[0].kind}`);
    const fault = puts === trouble.failPut ? 'lost' : trouble.faults.shift();
    await pause(trouble.pauses.shift());
    trouble.onPut();
    if (write[0].kind === trouble.failKind) throw new StoreError('DynamoDB: put failed (TimeoutError)');
    const written = fault !== 'lost' && (await events.put(...write));
    if (written && write[0].kind === 'event') eventIds.add(write[0].id);
    if (fault === 'lost' || fault === 'unanswered') throw new StoreError('DynamoDB: put failed (TimeoutError)');
    return written;
  };
  const handler = createHandler({
    ledger: (tenant) => createEventLedger({ ...events, get, put }, tenant),
    queue,
    settings: async (tenant) => (tenant === 'acme' || tenant === 'outlet' ? accepted : undefined),
    changedSettings: async () => {
      changed.asked += 1;
      if (changed.problem) throw changed.problem;
      return changed.settings;
    },
    now: () => clock.now,
    log: createLog(
      (line) => lines.push(JSON.parse(line)),
      () => clock.now,
    ),
    timing: { ...DEFAULT_TIMING, payloadMs: 90 * DAY },
  });

  async function postText(
    text: string | Buffer,
    { tenant = 'acme', secret, sourceIp = '203.0.113.9', base64 }: Posted = {},
  ) {
    puts = 0;
    const answer = await handler({
      requestContext: { http: { method: 'POST', sourceIp } },
      pathParameters: { tenant, ...(secret !== undefined && { secret }) },
      rawQueryString: '',
      body: base64 ? Buffer.from(text as Buffer).toString('base64') : text,
      isBase64Encoded: base64 ?? false,
    } as unknown as APIGatewayProxyEventV2);
    return { status: answer.statusCode, body: String(answer.body) };
  }

  async function verify(query: Record<string, string>, tenant = 'acme') {
    const answer = await handler({
      requestContext: { http: { method: 'GET', sourceIp: '203.0.113.9' } },
      pathParameters: { tenant },
      rawQueryString: new URLSearchParams(query).toString(),
    } as unknown as APIGatewayProxyEventV2);
    return { status: answer.statusCode, body: String(answer.body) };
  }

  return {
    clock,
    /** What the store says by now, where it is something else. */
    changed,
    events,
    ledger: (tenant: string) => createEventLedger(events, tenant),
    requests,
    verify,
    /** Events that messages were sent for, and every message with its delay. */
    queued,
    messages,
    lines,
    trouble,
    postText,
    post: (body: object, how?: Posted) => postText(JSON.stringify(body), how),
    /** Every event's record of the tenant `acme`. */
    records: async () => {
      const found = await Promise.all([...eventIds].map((id) => events.get<EventRecord>(eventKey('acme', id))));
      return found.flatMap((one) => one?.value ?? []);
    },
    record: async (id: string, tenant = 'acme') => (await events.get<EventRecord>(eventKey(tenant, id)))?.value,
    payload: async (digest = '') => (await events.get<Content>(contentKey('acme', digest)))?.value.payload,
    open: (before = clock.now + DAY) => events.listed('acme', 'open', { before, limit: 100 }),
  };
}
