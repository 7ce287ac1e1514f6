import { startDemoCrm } from '../../lib/local/demo-crm/demo-crm.ts';
import { startGateway } from '../../lib/local/gateway.ts';
import { startPoller } from '../../lib/local/poller.ts';
import { KEYS, mergeBody, post, sealedEnvelope } from '../local/sender.ts';
import { createSeededRandom } from '../simulation/seeded-random.ts';
import { createFailingStores } from './failing-stores.ts';
import {
  CONTEXT,
  createResources,
  createService,
  PATIENCE_MS,
  recordOf,
  untilFinal,
  untilQueueIsEmpty,
} from './service.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const TENANT = 'main';
const CALLBACKS = 1_000;
const EVENTS = 700;
const AT_ONCE = 8;
const PAST_STUCK_MS = 7_200_000;

const { next, below, chance, shuffled } = createSeededRandom(20_261_124);

/** What a sender that retries sends: every event once, and some of them again, among the others. */
function deliveries(): { event: number; anew: boolean }[] {
  const firsts = Array.from({ length: EVENTS }, (_, event) => event);
  const repeats = Array.from({ length: CALLBACKS - EVENTS }, () => below(EVENTS));
  return shuffled([...firsts, ...repeats]).map((event) => ({ event, anew: chance(0.5) }));
}

const envelopeOf = (event: number) =>
  sealedEnvelope(`event-${event}`, mergeBody(`main-${event}`, [`loser-${event}`], { changed: { remark: 'after' } }));

async function inTurns<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const closing: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));

describe('1 000 callbacks with repeats, and writes that fail before or after they were made', () => {
  it(
    'promises 2, 3 and 5: every event that was accepted takes effect at the CRM exactly once, no other more than once',
    async () => {
      const demo = await startDemoCrm({ secret: SECRET, now: Date.now });
      for (let event = 0; event < EVENTS; event++) demo.contacts.put(`main-${event}`, { remark: 'before' });
      const resources = await createResources();
      const tenants = { [TENANT]: { keys: KEYS, crm: { endpoint: demo.endpoint, secret: SECRET } } };
      const { failures, between } = createFailingStores(next, { before: 0.04, after: 0.06 });
      const door = createService({ resources, tenants, between });
      const worker = createService({ resources, tenants });
      const gateway = await startGateway({ 'POST /callback/{tenant}': door.receive }, { port: 0, now: Date.now });
      const pace = { concurrency: 3, batchSize: 5, functionMs: 60_000, ownQueue: false, now: Date.now };
      const { sqs: client, apply: handler } = worker;
      const poller = startPoller({ client, queueUrl: resources.queueUrl, handler, ...pace });
      closing.push(
        () => demo.close(0),
        () => gateway.close(0),
        poller.stop,
      );

      const { accepted, refused } = await send(`${gateway.url}/callback/${TENANT}`);
      const later = createService({ resources, tenants, now: () => Date.now() + PAST_STUCK_MS });
      await untilQueueIsEmpty(client, resources.queueUrl);
      const { queued } = await later.reconcile({}, CONTEXT);
      const ids = [...accepted].map((event) => `event-${event}`);
      await untilFinal(worker.events, TENANT, ids);

      const states = await Promise.all(ids.map(async (id) => (await recordOf(worker.events, TENANT, id))?.state));
      expect(new Set(states)).toEqual(new Set(['applied']));
      const merges = demo.contacts.merges();
      const deliveriesOf = new Map(merges.map(({ eventId, deliveries: times }) => [eventId, times]));
      expect(ids.filter((id) => deliveriesOf.get(id) !== 1)).toEqual([]);
      expect(new Set(merges.map(({ survivorId }) => survivorId)).size).toBe(merges.length);
      // The faults were there, and so were the cases that this is about.
      expect(accepted.size).toBeGreaterThan(EVENTS * 0.7);
      expect(failures.put).toBeGreaterThan(100);
      expect(failures.send).toBeGreaterThan(30);
      expect(refused).toBeGreaterThan(50);
      expect(queued).toBeGreaterThan(3);
    },
    3 * PATIENCE_MS,
  );
});

/** @returns which events got code 1 at least once, and how many callbacks did not. */
async function send(url: string) {
  const sent = new Map<number, string>();
  const accepted = new Set<number>();
  let refused = 0;
  await inTurns(deliveries(), async ({ event, anew }) => {
    const envelope = (anew ? undefined : sent.get(event)) ?? envelopeOf(event);
    sent.set(event, envelope);
    const { status, text } = await post(url, envelope);
    if (status === 200 && text.includes('"code":1')) accepted.add(event);
    else refused += 1;
  });
  return { accepted, refused };
}
