import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../lib/json.ts';
import { startDemoCrm } from '../../lib/local/demo-crm/demo-crm.ts';
import { startPoller } from '../../lib/local/poller.ts';
import { KEYS, mergeBody, sealedEnvelope } from '../local/sender.ts';
import type { ChildOrder, ChildReport } from './child.ts';
import { bundleChild } from './run-child.ts';
import {
  CONTEXT,
  callbackEvent,
  createResources,
  createService,
  isAccepted,
  PATIENCE_MS,
  type Resources,
  recordOf,
  type Service,
  type TenantSettings,
  untilFinal,
  untilQueueIsEmpty,
} from './service.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const TENANT = 'main';
const PAST_STUCK_MS = 7_200_000;

jest.setTimeout(2 * PATIENCE_MS);

let demo: Awaited<ReturnType<typeof startDemoCrm>>;
let child: ReturnType<typeof bundleChild>;
let resources: Resources;
let tenants: Record<string, TenantSettings>;
let service: Service;
let later: Service;
let poller: ReturnType<typeof startPoller>;

beforeAll(async () => {
  demo = await startDemoCrm({ secret: SECRET, now: Date.now });
  child = bundleChild();
  resources = await createResources();
  tenants = { [TENANT]: { keys: KEYS, crm: { endpoint: demo.endpoint, secret: SECRET } } };
  service = createService({ resources, tenants });
  later = createService({ resources, tenants, now: () => Date.now() + PAST_STUCK_MS });
  const { sqs: client, apply: handler } = service;
  const pace = { concurrency: 2, batchSize: 5, functionMs: 60_000, ownQueue: false, now: Date.now };
  poller = startPoller({ client, queueUrl: resources.queueUrl, handler, ...pace });
});
afterAll(async () => {
  await poller?.stop();
  await demo?.close(0);
  child?.remove();
});

type DieAt = NonNullable<ChildOrder['dieAt']>;

/** The whole way of one callback in a process of its own. */
function receiveInChild(body: string, dieAt?: DieAt): Promise<ChildReport | 'killed'> {
  const order = { resources, tenants, ahead: 0, task: { receive: { tenant: TENANT, body } } };
  return child.run({ ...order, ...(dieAt && { dieAt }) });
}

const small = (id: string) => mergeBody(`${id}-main`, [`${id}-loser`], { changed: { remark: 'after' } });

/** The same event as the sender sends it each time: sealed anew. */
function envelopeOf(id: string, body: JsonObject = small(id)): string {
  demo.contacts.put(`${id}-main`, { remark: 'before' });
  return sealedEnvelope(id, body);
}

const everyPoint = (writes: number, ways: DieAt['when'][] = ['before', 'after']) =>
  Array.from({ length: writes }, (_, index) => index + 1).flatMap((write) => ways.map((when) => ({ write, when })));

const nameOf = ({ write, when }: DieAt) => `${when}-${write}`;

const effectsOf = (id: string) =>
  demo.contacts
    .merges()
    .filter(({ eventId }) => eventId === id)
    .map(({ deliveries }) => deliveries);

async function expectOneEffect(ids: string[]): Promise<void> {
  const states = await Promise.all(ids.map(async (id) => (await recordOf(service.events, TENANT, id))?.state));
  expect(states).toEqual(ids.map(() => 'applied'));
  expect(Object.fromEntries(ids.map((id) => [id, effectsOf(id)]))).toEqual(
    Object.fromEntries(ids.map((id) => [id, [1]])),
  );
}

async function retry(id: string, body?: JsonObject): Promise<void> {
  const answer = await service.receive(callbackEvent(TENANT, envelopeOf(id, body)));
  expect(isAccepted(answer)).toBe(true);
}

/** After reconcile, every event that is stored has had its effect, and no other. @returns the ids of those stored. */
async function reconciled(ids: string[]): Promise<string[]> {
  await untilQueueIsEmpty(service.sqs, resources.queueUrl); // A worker's lease has ended by the clock of `later`.
  await later.reconcile({}, CONTEXT);
  const records = await Promise.all(ids.map((id) => recordOf(service.events, TENANT, id)));
  const stored = ids.filter((_, index) => records[index] !== undefined);
  await untilFinal(service.events, TENANT, stored);
  await expectOneEffect(stored);
  for (const id of ids.filter((one) => !stored.includes(one))) expect(effectsOf(id)).toEqual([]);
  return stored;
}

describe('receive dies between any two of its writes', () => {
  const WRITES = ['PutItemCommand', 'SendMessageCommand', 'PutItemCommand'];

  it('has three of them where nothing goes wrong: content, then message and record at once', async () => {
    expect(await receiveInChild(envelopeOf('whole'))).toEqual({ status: 200, writes: WRITES });
    await untilFinal(service.events, TENANT, ['whole']);
    await expectOneEffect(['whole']);
  });

  it('promise 3: the sender tries again: nothing is lost, nothing doubled', async () => {
    const points = everyPoint(WRITES.length);
    for (const point of points)
      expect(await receiveInChild(envelopeOf(`tried-${nameOf(point)}`), point)).toBe('killed');
    const ids = points.map((point) => `tried-${nameOf(point)}`);
    for (const id of ids) await retry(id);
    await untilFinal(service.events, TENANT, ids);
    await expectOneEffect(ids);
  });

  it('promise 2: the sender does not try again: what was stored is applied, by reconcile where it was never queued', async () => {
    const points = everyPoint(WRITES.length);
    for (const point of points) expect(await receiveInChild(envelopeOf(`left-${nameOf(point)}`), point)).toBe('killed');
    const stored = await reconciled(points.map((point) => `left-${nameOf(point)}`));
    // Record and message are on their way at once: after one, the other may be there too.
    expect(stored).toContain('left-after-3');
    for (const id of ['left-before-1', 'left-after-1', 'left-before-2', 'left-before-3'])
      expect(stored).not.toContain(id);
  });

  it('promise 3: it dies again in the next try, and the sender does not try any more', async () => {
    // Its message is on its way, its record is not there.
    const first: DieAt = { write: 3, when: 'before' };
    const points = everyPoint(WRITES.length);
    for (const point of points) {
      const envelope = envelopeOf(`twice-${nameOf(point)}`);
      expect(await receiveInChild(envelope, first)).toBe('killed');
      expect(await receiveInChild(envelope, point)).toBe('killed');
    }
    const stored = await reconciled(points.map((point) => `twice-${nameOf(point)}`));
    expect(stored).toEqual(['twice-after-2', 'twice-before-3', 'twice-after-3']);
  });

  it('promise 7: with an event that is cut into parts', async () => {
    const body = { ...small('large'), mergedContacts: [{ description: randomBytes(900_000).toString('base64') }] };
    const large = (id: string) => ({ ...body, mainID: `${id}-main`, mergedIDs: [`${id}-loser`] });
    const whole = await receiveInChild(envelopeOf('large', large('large')));
    if (whole === 'killed') throw new Error('it was not told to die');
    expect(whole.writes.length).toBeGreaterThan(WRITES.length + 1);
    const points = everyPoint(whole.writes.length, ['before']);
    const ids = points.map((point) => `large-${nameOf(point)}`);
    for (const [index, point] of points.entries()) {
      const id = ids[index] ?? '';
      expect(await receiveInChild(envelopeOf(id, large(id)), point)).toBe('killed');
      await retry(id, large(id));
    }
    await untilFinal(service.events, TENANT, ids);
    await expectOneEffect(ids);
    for (const id of ids) {
      const digest = (await recordOf(service.events, TENANT, id))?.digest ?? '';
      expect((await service.ledgerOf(TENANT).contents.read(digest))?.payload?.body).toEqual(large(id));
    }
  });
});
