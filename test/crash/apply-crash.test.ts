import { startDemoCrm } from '../../lib/local/demo-crm/demo-crm.ts';
import { KEYS, mergeBody, sealedEnvelope } from '../local/sender.ts';
import type { ChildOrder } from './child.ts';
import { bundleChild } from './run-child.ts';
import {
  CONTEXT,
  callbackEvent,
  createResources,
  createService,
  isAccepted,
  PATIENCE_MS,
  recordOf,
  type Service,
} from './service.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const TENANT = 'main';
const PAST_LEASE_MS = 240_000;

type Point = NonNullable<ChildOrder['dieAt']>;

describe('apply dies between any two of its writes, the call at the CRM among them', () => {
  let demo: Awaited<ReturnType<typeof startDemoCrm>>;
  let child: ReturnType<typeof bundleChild>;
  let service: Service;
  let takeover: Service;
  let order: Omit<ChildOrder, 'task'>;

  beforeAll(async () => {
    demo = await startDemoCrm({ secret: SECRET, now: Date.now });
    child = bundleChild();
    const resources = await createResources();
    const tenants = { [TENANT]: { keys: KEYS, crm: { endpoint: demo.endpoint, secret: SECRET } } };
    order = { resources, tenants, ahead: 0 };
    service = createService({ resources, tenants });
    takeover = createService({ resources, tenants, now: () => Date.now() + PAST_LEASE_MS });
  });
  afterAll(async () => {
    await demo?.close(0);
    child?.remove();
  });

  async function receive(eventId: string, survivor: string, loser: string): Promise<void> {
    const body = mergeBody(survivor, [loser], { changed: { remark: eventId } });
    const answer = await service.receive(callbackEvent(TENANT, sealedEnvelope(eventId, body)));
    expect(isAccepted(answer)).toBe(true);
  }

  const applyInChild = (eventId: string, dieAt?: Point) =>
    child.run({ ...order, task: { apply: { tenant: TENANT, eventId } }, ...(dieAt && { dieAt }) });

  async function redeliver(eventId: string): Promise<void> {
    const record = { messageId: '1', body: JSON.stringify({ tenant: TENANT, eventId }) };
    expect(await takeover.apply({ Records: [record] } as never, CONTEXT)).toEqual({ batchItemFailures: [] });
  }

  it(
    'promise 5: the next worker finishes it, and the CRM has one command, under one key',
    async () => {
      demo.contacts.put('whole-main', {});
      await receive('whole', 'whole-main', 'whole-loser');
      const whole = await applyInChild('whole');
      if (whole === 'killed') throw new Error('it was not told to die');
      expect(whole.writes.filter((name) => name === 'CRM')).toHaveLength(1);
      const points = whole.writes.flatMap((_, index): Point[] =>
        (['before', 'after'] as const).map((when) => ({ write: index + 1, when })),
      );
      for (const point of points) {
        const id = `${point.when}-${point.write}`;
        for (const who of ['main', 'loser']) demo.contacts.put(`${id}-${who}`, { remark: who });
        await receive(id, `${id}-main`, `${id}-loser`);
        expect(await applyInChild(id, point)).toBe('killed');
        await redeliver(id);
        expect({ id, state: (await recordOf(service.events, TENANT, id))?.state }).toEqual({ id, state: 'applied' });
        expect(new Set(commandsAbout(id)).size).toBe(1);
        // Nothing still holds the contacts, and the alias leads on: a late event about the loser goes to the survivor.
        if (point.when === 'before') continue;
        await receive(`${id}-late`, `${id}-loser`, `${id}-third`);
        await redeliver(`${id}-late`);
        expect(commandsAbout(`${id}-late`)).toEqual([`${id}-late ${id}-main < ${id}-third`]);
      }
    },
    2 * PATIENCE_MS,
  );

  const commandsAbout = (id: string) =>
    demo.contacts
      .merges()
      .filter(({ eventId }) => eventId === id)
      .map(({ webhookId, survivorId, loserIds }) => `${webhookId} ${survivorId} < ${loserIds.join()}`);
});
