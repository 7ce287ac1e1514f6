import { startDemoCrm } from '../../lib/local/demo-crm/demo-crm.ts';
import { startPoller } from '../../lib/local/poller.ts';
import type { Fetch } from '../../lib/ports.ts';
import { KEYS, mergeBody, sealedEnvelope } from '../local/sender.ts';
import { startSilentCrm } from '../local/silent-crm.ts';
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
  untilFinal,
} from './service.ts';

const SECRETS = {
  alpha: 'whsec_YWxwaGEtc2VjcmV0LTAxMjM0NTY3ODktMDEyMzQ1Njc4OQ==',
  beta: 'whsec_YmV0YS1zZWNyZXQtMDEyMzQ1Njc4OS0wMTIzNDU2Nzg5',
};
const KEYS_OF = {
  alpha: { ...KEYS, token: 'alpha-token', receiveId: 'alpha-company' },
  beta: { token: 'beta-token', encodingAesKey: `${KEYS.encodingAesKey.slice(1)}b`, receiveId: 'beta-company' },
};
type Name = keyof typeof SECRETS;
type Demo = Awaited<ReturnType<typeof startDemoCrm>>;

jest.setTimeout(2 * PATIENCE_MS);

const closing: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));

async function startDemo(secret: string): Promise<Demo> {
  const demo = await startDemoCrm({ secret, now: Date.now });
  closing.push(() => demo.close(0));
  return demo;
}

function work({ sqs: client, apply: handler }: Service, { queueUrl }: Resources, concurrency = 3): void {
  const pace = { concurrency, batchSize: 5, functionMs: 60_000, ownQueue: false, now: Date.now };
  closing.push(startPoller({ client, queueUrl, handler, ...pace }).stop);
}

const envelope = (name: Name, id: string, survivor = 'main', loser = 'loser', remark = `of ${name}`) =>
  sealedEnvelope(id, mergeBody(survivor, [loser], { changed: { remark } }), KEYS_OF[name]);

const receive = (service: Service, tenant: string, body: string) => service.receive(callbackEvent(tenant, body));

describe('promise 10: two tenants in one deployment', () => {
  let service: Service;
  let demos: Record<Name, Demo>;

  beforeAll(async () => {
    demos = { alpha: await startDemo(SECRETS.alpha), beta: await startDemo(SECRETS.beta) };
    const resources = await createResources();
    const settings = (name: Name) => ({
      keys: KEYS_OF[name],
      crm: { endpoint: demos[name].endpoint, secret: SECRETS[name] },
    });
    service = createService({ resources, tenants: { alpha: settings('alpha'), beta: settings('beta') } });
    work(service, resources);
  });

  it('the keys of one do not open the other’s door, and what was refused is nowhere', async () => {
    expect(await receive(service, 'beta', envelope('alpha', 'foreign'))).toMatchObject({ statusCode: 401 });
    expect(await receive(service, 'alpha', envelope('beta', 'foreign'))).toMatchObject({ statusCode: 401 });
    for (const name of ['alpha', 'beta']) expect(await recordOf(service.events, name, 'foreign')).toBeUndefined();
  });

  it('the same event id and the same contact ids are two events about four people, each at its own CRM', async () => {
    for (const demo of Object.values(demos)) for (const id of ['main', 'loser']) demo.contacts.put(id, { remark: id });
    for (const name of ['alpha', 'beta'] as const)
      expect(isAccepted(await receive(service, name, envelope(name, 'same-id')))).toBe(true);
    for (const name of ['alpha', 'beta'] as const) {
      await untilFinal(service.events, name, ['same-id']);
      expect(demos[name].contacts.merges()).toMatchObject([{ tenant: name, eventId: 'same-id', deliveries: 1 }]);
      expect(demos[name].contacts.get('main')?.fields).toEqual({ remark: `of ${name}` });
    }
  });

  it('an alias of one tenant says nothing about the other', async () => {
    demos.beta.contacts.put('p', {});
    demos.alpha.contacts.put('q', {});
    for (const [name, id, survivor, loser] of [
      ['alpha', 'alias', 'q', 'p'],
      ['beta', 'no-alias', 'p', 'r'],
    ] as const) {
      await receive(service, name, envelope(name, id, survivor, loser));
      await untilFinal(service.events, name, [id]);
    }
    expect(demos.beta.contacts.merges().at(-1)).toMatchObject({ survivorId: 'p', loserIds: ['r'] });
  });

  it('a pointer with the name of a tenant that does not exist does nothing', async () => {
    const records = ['nobody', 'alpha#event', ''].map((tenant, index) => ({
      messageId: String(index),
      body: JSON.stringify({ tenant, eventId: 'same-id' }),
    }));
    const commands = () => Object.values(demos).flatMap(({ contacts }) => contacts.merges()).length;
    const before = commands();
    expect(await service.apply({ Records: records } as never, CONTEXT)).toEqual({ batchItemFailures: [] });
    expect(commands()).toBe(before);
  });
});

describe('promise 10: a tenant whose CRM hangs', () => {
  it('delays no other tenant’s events, though its own stand before them in the queue', async () => {
    const silent = await startSilentCrm();
    closing.push(silent.close);
    const demo = await startDemo(SECRETS.beta);
    const resources = await createResources();
    // Its calls end with the test and not by a clock: however slow the machine, all of them hang while the others go on.
    const hanging: Fetch = (url, init) => fetch(url, url.startsWith(silent.url) ? { ...init, signal: null } : init);
    const service = createService({
      resources,
      fetch: hanging,
      tenants: {
        alpha: { keys: KEYS_OF.alpha, crm: { endpoint: `${silent.url}/merges`, secret: SECRETS.alpha } },
        beta: { keys: KEYS_OF.beta, crm: { endpoint: demo.endpoint, secret: SECRETS.beta } },
      },
    });
    const ids = Array.from({ length: 4 }, (_, index) => `e${index}`);
    for (const id of ids) await receive(service, 'alpha', envelope('alpha', id, `${id}-main`, `${id}-loser`));
    for (const id of ids) demo.contacts.put(`${id}-main`, {});
    for (const id of ids) await receive(service, 'beta', envelope('beta', id, `${id}-main`, `${id}-loser`));
    // Their messages may come one by one: each event of the hanging CRM then holds a worker.
    work(service, resources, ids.length + 2);
    await silent.asked;
    await untilFinal(service.events, 'beta', ids);
    const states = await Promise.all(ids.map(async (id) => (await recordOf(service.events, 'alpha', id))?.state));
    expect(states).toContain('working');
    expect(states).not.toContain('applied');
  });
});
