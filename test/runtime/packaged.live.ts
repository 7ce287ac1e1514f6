import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import { isQueueEmpty } from '../../lib/local/resources.ts';
import { seedContact } from '../crm/hubspot/portal-world.ts';
import { readRecord } from '../ledger/raw-records.ts';
import { ACCEPTED, addContact, getJson, mergeBody, post, REFUSED, sealedEnvelope, verifyUrl } from '../local/sender.ts';
import { type Deployment, deploy, HUBSPOT, IN_HOUSE } from './deployment.ts';

const PATIENCE_MS = 600_000;
const FINAL = ['applied', 'skipped', 'ignored', 'parked', 'held'];

let service: Deployment;
beforeAll(async () => {
  service = await deploy();
});
afterAll(() => service?.stop());

const callbackUrl = (tenant: string) => `${service.url}/callback/${tenant}`;
const deliver = (tenant: string, id: string, body: Parameters<typeof sealedEnvelope>[1]) =>
  post(callbackUrl(tenant), sealedEnvelope(id, body));

/** Waits for its end. @returns state and reason. */
async function endOf(tenant: string, id: string): Promise<string[]> {
  for (const until = Date.now() + PATIENCE_MS; ; await pause(100)) {
    const record = (await readRecord(service.events, tenant, id))?.value;
    if (record && FINAL.includes(record.state)) return [record.state, record.reason ?? ''];
    if (Date.now() > until) throw new Error(`${id} is ${record?.state ?? 'unknown'}: ${record?.reason}\n${logs()}`);
  }
}

const logs = () =>
  [service.receive, service.apply, service.reconcile].map(({ log }) => log.slice(-5).join('\n')).join('\n');

interface Pair {
  survivorId: string;
  loserId: string;
  effects: number;
}
async function pairsOf(survivorId: string): Promise<Pair[]> {
  const { pairs } = await getJson<{ pairs: Pair[] }>(`${service.demo.url}/merges`);
  return pairs.filter((pair) => pair.survivorId === survivorId);
}
const once = (survivorId: string, loserIds: string[]) =>
  loserIds.map((loserId) => ({ survivorId, loserId, effects: 1 }));

const { id: SAMPLE_ID, body: SAMPLE } = SAMPLE_ENVELOPE;
const SURVIVOR = String(SAMPLE.mainID);
const LOSERS = (SAMPLE.mergedIDs as string[]).map(String);

it('answers the URL verification with the echo, and one sealed with other keys with a refusal', async () => {
  expect(await verifyUrl(callbackUrl(IN_HOUSE), '"echo"')).toEqual({ status: 200, text: '"echo"' });
  const others = readFileSync(path.join(__dirname, '../dustess/vectors/seed-encrypted.json'), 'utf8');
  expect(await post(callbackUrl(IN_HOUSE), others)).toEqual(REFUSED);
  expect(await post(callbackUrl('unknown'), others)).toEqual(REFUSED);
});

it('promises 3 and 5: the sample of 尘锋, sent four times at once and again, takes effect once', async () => {
  for (const id of [SURVIVOR, ...LOSERS]) await addContact(service.demo.url, id, { remark: id });
  const sent = await Promise.all(Array.from({ length: 4 }, () => deliver(IN_HOUSE, SAMPLE_ID, SAMPLE)));
  expect(sent).toEqual(Array(4).fill(ACCEPTED));
  expect(await endOf(IN_HOUSE, SAMPLE_ID)).toEqual(['applied', '']);
  expect(await deliver(IN_HOUSE, SAMPLE_ID, SAMPLE)).toEqual(ACCEPTED);
  await untilQueueIsEmpty();
  expect(await pairsOf(SURVIVOR)).toEqual(once(SURVIVOR, LOSERS));
});

it('promise 7: another kind of event is acknowledged and ignored', async () => {
  const customer = { id: 'C-1', remark: 'a customer', mobiles: [] };
  const sealed = { ...JSON.parse(sealedEnvelope('other-1', customer)), event: 'CRM_CONTACT', action: 'CREATED' };
  expect(await post(callbackUrl(IN_HOUSE), JSON.stringify(sealed))).toEqual(ACCEPTED);
  expect((await endOf(IN_HOUSE, 'other-1'))[0]).toBe('ignored');
});

it('an event with three losers is one command to an in-house CRM', async () => {
  const losers = ['http-b', 'http-c', 'http-d'];
  for (const id of ['http-a', ...losers]) await addContact(service.demo.url, id, { remark: id });
  expect(await deliver(IN_HOUSE, 'three-http', mergeBody('http-a', losers))).toEqual(ACCEPTED);
  expect(await endOf(IN_HOUSE, 'three-http')).toEqual(['applied', '']);
  expect(await pairsOf('http-a')).toEqual(once('http-a', losers));
});

it('an event with three losers is three merges at HubSpot, and its fields are written', async () => {
  const losers = ['hub-b', 'hub-c', 'hub-d'];
  for (const id of ['hub-a', ...losers]) seedContact(service.hubspot, id, { nickname: id });
  const changed = { remark: 'from 尘锋' };
  expect(await deliver(HUBSPOT, 'three-hub', mergeBody('hub-a', losers, { changed }))).toEqual(ACCEPTED);
  expect(await deliver(HUBSPOT, 'three-hub', mergeBody('hub-a', losers, { changed }))).toEqual(ACCEPTED);
  expect(await endOf(HUBSPOT, 'three-hub')).toEqual(['applied', '']);
  const { portal } = service.hubspot;
  expect(portal.merges()).toBe(3);
  const left = [...portal.contacts.values()];
  expect(left.map(({ values }) => [values.get('dustess_contact_id'), values.get('remark')])).toEqual([
    ['hub-a', 'from 尘锋'],
  ]);
});

it('promises 5 and 7: with the functions killed again and again, forty events take effect once each', async () => {
  const ids = Array.from({ length: 40 }, (_, index) => `killed-${index}`);
  for (const id of ids) for (const role of ['main', 'loser']) await addContact(service.demo.url, `${id}-${role}`, {});
  const unsent = new Set(ids);
  const sending = (async () => {
    while (unsent.size > 0)
      for (const id of [...unsent]) {
        const answer = await deliver(IN_HOUSE, id, mergeBody(`${id}-main`, [`${id}-loser`]));
        if (answer.status === 200) unsent.delete(id);
      }
  })();
  for (let kills = 0; kills < 6; kills++) {
    const before = service.apply.taken();
    for (const until = Date.now() + 20_000; service.apply.taken() < before + 2 && Date.now() < until; ) await pause(20);
    await Promise.all([service.receive.restart(), service.apply.restart()]);
  }
  await sending;
  for (const id of ids) {
    expect(await endOf(IN_HOUSE, id)).toEqual(['applied', '']);
    expect(await pairsOf(`${id}-main`)).toEqual(once(`${id}-main`, [`${id}-loser`]));
  }
});

it('promise 2: what was stored and could not be queued, reconcile queues a minute later', async () => {
  await addContact(service.demo.url, 'late-a', {});
  await addContact(service.demo.url, 'late-b', {});
  const { url, stop } = await service.receiveWith({ EventsQueue: 'http://127.0.0.1:9/000000000000/nowhere' });
  const envelope = sealedEnvelope('late', mergeBody('late-a', ['late-b']));
  expect(await post(`${url}/callback/${IN_HOUSE}`, envelope)).toEqual(ACCEPTED);
  await stop();
  expect((await readRecord(service.events, IN_HOUSE, 'late'))?.value.state).toBe('stored');
  const queued = await reconcileUntilQueued();
  expect(queued).toBe(1);
  expect(await endOf(IN_HOUSE, 'late')).toEqual(['applied', '']);
  expect(await pairsOf('late-a')).toEqual(once('late-a', ['late-b']));
});

async function reconcileUntilQueued(): Promise<number> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await pause(5_000)) {
    const { queued } = (await service.reconcile.invoke({})) as { queued: number };
    if (queued > 0) return queued;
  }
  return 0;
}

async function untilQueueIsEmpty(): Promise<void> {
  const client = new SQSClient({ useQueueUrlAsEndpoint: false });
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await pause(100))
    if (await isQueueEmpty(client, service.resources.EventsQueue)) return client.destroy();
  throw new Error('the queue is not empty');
}

it('promise 11: no line that the functions wrote has a value of a contact', () => {
  const lines = [service.receive, service.apply, service.reconcile].flatMap(({ log }) => log);
  expect(lines.length).toBeGreaterThan(50);
  expect(lines.filter((line) => /13299932123|eaasdadasd|from 尘锋|details of/.test(line))).toEqual([]);
});
