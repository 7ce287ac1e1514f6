import { randomUUID } from 'node:crypto';
import { createHandler as createApply } from '../../functions/apply/handler.ts';
import { createHandler as createReceive } from '../../functions/receive/handler.ts';
import { createDocuments } from '../../lib/aws/documents.ts';
import { IntakeSettingsSchema, readSettings } from '../../lib/config.ts';
import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import type { JsonObject } from '../../lib/json.ts';
import { createEventLedger, createLedger } from '../../lib/ledger/ledger.ts';
import { DEFAULT_TIMING } from '../../lib/ledger/timing.ts';
import { createLog } from '../../lib/log.ts';
import { createFieldMapping } from '../../lib/mapping/field-mapping.ts';
import type { Crm, Queue } from '../../lib/ports.ts';
import { createTable } from '../aws/tables.ts';
import { CONTEXT, callbackEvent } from '../crash/service.ts';
import { KEYS, NOW, RECEIVE_ID, sealed } from '../dustess/sealing.ts';
import { createModelCrm, createScriptedCrm, type ModelOptions } from '../merge/crms.ts';
import { DEFAULT_POLICY } from '../merge/default-policy.ts';
import { type Counted, createCountingClient } from './counting-client.ts';
import counts from './counts.json';

const TENANT = 'main';
const DAY_MS = 86_400_000;
const { client, take } = createCountingClient();
const table = `requests-${randomUUID()}`;

beforeAll(async () => {
  await createTable(client, `${table}-events`);
  await createTable(client, `${table}-ledger`);
  take();
});
afterAll(() => client.destroy());

/** The real handlers on DynamoDB's protocol; the queue is a list. */
function openService(crm: Crm) {
  const now = () => NOW;
  const newId = randomUUID;
  const documents = (name: string) => createDocuments({ client, table: `${table}-${name}`, now, newId });
  const tables = { events: documents('events'), ledger: documents('ledger') };
  const sends: string[] = [];
  const queue: Queue = { send: async ({ eventId }) => void sends.push(eventId) };
  const log = createLog(() => undefined, now);
  const door = readSettings(IntakeSettingsSchema, TENANT, { keys: [KEYS], receiveIds: [RECEIVE_ID] });
  const timing = { ...DEFAULT_TIMING, payloadMs: 90 * DAY_MS };
  const common = { queue, now, log, timing };
  const receive = createReceive({
    ...common,
    ledger: (tenant) => createEventLedger(tables.events, tenant),
    settings: async () => door,
  });
  const apply = createApply({
    ...common,
    ledger: (tenant) => createLedger(tables, tenant),
    outcomes: { publish: async ({ eventId }) => void sends.push(eventId) },
    tenantCrm: async () => ({ crm, policy: DEFAULT_POLICY, mapping: createFieldMapping(TENANT, { remark: 'remark' }) }),
    newId,
    random: Math.random,
  });
  return {
    tables,
    sends,
    receive: async (envelope: object): Promise<Counted> => {
      expect((await receive(callbackEvent(TENANT, JSON.stringify(envelope)))).statusCode).toBe(200);
      return take();
    },
    applied: async (eventId: string): Promise<Counted> => {
      const body = JSON.stringify({ tenant: TENANT, eventId });
      await apply({ Records: [{ messageId: '1', body }] } as never, CONTEXT);
      const counted = take();
      expect((await createEventLedger(tables.events, TENANT).events.read(eventId))?.value.state).toBe('applied');
      take();
      return counted;
    },
  };
}

/** The sender's sample with contacts of its own, as long as the sender writes it. */
function merge(losers: number, changed: JsonObject = SAMPLE_ENVELOPE.body.changed as JsonObject) {
  const id = randomUUID();
  const mainID = randomUUID();
  const mergedIDs = Array.from({ length: losers }, () => randomUUID());
  const [one] = SAMPLE_ENVELOPE.body.mergedContacts as JsonObject[];
  const mergedContacts = mergedIDs.map(() => one);
  const content = { ...SAMPLE_ENVELOPE.body, id: mainID, mainID, mergedIDs, mergedContacts, changed };
  return { id, mainID, mergedIDs, envelope: { ...SAMPLE_ENVELOPE, id, body: { ...sealed(JSON.stringify(content)) } } };
}

const total = (...all: Counted[]) => ({
  requests: sum(all.map(({ requests }) => requests)),
  writeUnits: sum(all.map(({ writeUnits, indexUnits }) => writeUnits + indexUnits)),
  readUnits: sum(all.map(({ readUnits }) => readUnits)),
});
const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

function recordCrm(rules: ModelOptions['rules'] = {}) {
  const { crm, model } = createModelCrm({ rules });
  return { crm, seed: (ids: string[]) => ids.forEach((id) => void model.seed(id, {})) };
}

describe('what one event asks of DynamoDB and SQS', () => {
  it.each([1, 2, 10])('at a CRM that takes commands, with %i losers', async (losers) => {
    const service = openService(createScriptedCrm().crm);
    const { id, envelope } = merge(losers);
    const spent = total(await service.receive(envelope), await service.applied(id));
    expect(spent).toEqual(counts.command[`${losers}` as '1']);
    expect(spent.requests).toBeLessThanOrEqual(10 + 4 * losers);
    expect(service.sends).toEqual([id, id]);
  });

  it.each([1, 2, 10])(
    'at a CRM of records whose values are written by an update of their own, with %i losers',
    async (losers) => {
      const { crm, seed } = recordCrm();
      const service = openService(crm);
      const { id, mainID, mergedIDs, envelope } = merge(losers, { remark: 'new' });
      seed([mainID, ...mergedIDs]);
      const spent = total(await service.receive(envelope), await service.applied(id));
      expect(spent).toEqual(counts.record[`${losers}` as '1']);
      expect(spent.requests).toBeLessThanOrEqual(losers === 1 ? 15 : 10 + 4 * losers);
      expect(service.sends).toEqual([id, id]);
    },
  );

  it('promise 3: a repeat', async () => {
    const service = openService(createScriptedCrm().crm);
    const { id, envelope } = merge(1);
    await service.receive(envelope);
    await service.applied(id);
    const again = await service.receive(envelope);
    expect(again.byKind).toEqual({ 'Put content': 1, 'Get event': 1 });
    expect(total(again)).toEqual(counts.repeat);
    const renamed = await service.receive({ ...envelope, id: randomUUID() });
    expect(renamed.requests).toBeLessThanOrEqual(5);
  });

  it('an event of another kind', async () => {
    const service = openService(createScriptedCrm().crm);
    const names = { event: 'CRM_CONTACT', action: 'CRM_CONTACT_UPDATED' };
    const body = { ...sealed(JSON.stringify({ id: randomUUID(), remark: 'x' })) };
    expect(total(await service.receive({ id: randomUUID(), ...names, body }))).toEqual(counts.otherKind);
    expect(service.sends).toEqual([]);
  });
});
