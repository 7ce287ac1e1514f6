import { createHubspotCrm } from '../../../lib/crm/hubspot/hubspot.ts';
import { createLocalRateBudget } from '../../../lib/crm/rate-budget.ts';
import type { HubspotLimit } from '../../lookalikes/hubspot-rate-limit.ts';
import { createAccount, seedContact } from './portal-world.ts';

const START = Date.UTC(2026, 10, 24);

/** A clock that moves with each sleep, an account, and adapters that share a budget in this process. */
function open(limit?: HubspotLimit) {
  let time = START;
  const now = () => time;
  const sleep = async (ms: number) => {
    time += ms;
  };
  const account = createAccount({ now, ...(limit && { limit }) });
  const budget = createLocalRateBudget(now);
  const newCrm = () =>
    createHubspotCrm({ token: 'pat-test', fetch: account.fetch, now, sleep, timeoutMs: 1_000, budget });
  const ada = seedContact(account, 'ada');
  return { account, newCrm, ada, now, sleep };
}

describe('below the rate limit', () => {
  it('goes at the pace of the smallest account until the headers tell the true one', async () => {
    const { newCrm, now } = open();
    const crm = newCrm();
    for (let call = 0; call < 40; call++) await crm.find(['ada'], []);
    expect(now() - START).toBeGreaterThan((36 * 10_000) / 100);
  });

  it.each([100, 110, 190, 250])('takes the limit of %i calls from the headers and stays below it', async (calls) => {
    const { newCrm, now, account } = open({ calls, intervalMs: 10_000 });
    const crm = newCrm();
    for (let call = 0; call < 3 * calls; call++) await crm.find(['ada'], []);
    expect(account.seen.every(({ status }) => status !== 429)).toBe(true);
    expect(account.mostCallsInAnInterval()).toBeLessThanOrEqual(calls);
    expect(account.mostCallsInAnInterval()).toBeGreaterThan(0.85 * calls);
    expect(now() - START).toBeLessThan(1.15 * 3 * 10_000);
  });

  it('lets the queue wait when a turn is more than a second away, before anything is sent', async () => {
    const { newCrm, account, ada, now } = open();
    const first = newCrm();
    account.fail({
      on: /./,
      when: 'before-effect',
      answer: {
        status: 429,
        headers: { 'x-hubspot-ratelimit-max': '190', 'x-hubspot-ratelimit-interval-milliseconds': '60000' },
      },
    });
    await expect(first.find(['ada'], [])).rejects.toMatchObject({ kind: 'retry-after' });
    const second = newCrm();
    for (const attempt of [
      second.find(['ada'], []),
      second.merge({ survivor: ada, losers: ['7'] }),
      second.update(ada, { values: {} }),
    ])
      await expect(attempt).rejects.toMatchObject({ kind: 'retry-after', code: 'RATE_BUDGET' });
    const refusal = await second.find(['ada'], []).catch((error: { retryAt: number }) => error);
    expect(refusal).toMatchObject({ retryAt: expect.any(Number) });
    expect((refusal as { retryAt: number }).retryAt).toBeGreaterThanOrEqual(now() + 6_000);
    expect(account.seen).toHaveLength(1);
  });

  it('has more patience with a merge that is due than with a look-up that begins something', async () => {
    const { newCrm, account, ada } = open();
    const crm = newCrm();
    account.fail({
      on: /./,
      when: 'before-effect',
      answer: {
        status: 429,
        headers: { 'x-hubspot-ratelimit-max': '190', 'x-hubspot-ratelimit-interval-milliseconds': '20000' },
      },
    });
    await expect(crm.locate([ada])).rejects.toMatchObject({ kind: 'retry-after' });
    await expect(crm.find(['ada'], [])).rejects.toMatchObject({ code: 'RATE_BUDGET' });
    await crm.update(ada, { values: {} });
    expect(account.seen.map(({ status }) => status)).toEqual([429, 200]);
  });

  it('a call that waits for its turn while another one is refused waits on with all others', async () => {
    let wake = () => {};
    let time = START;
    const now = () => time;
    const account = createAccount({ now });
    const budget = createLocalRateBudget(now);
    const sleep = () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      });
    const crm = createHubspotCrm({ token: 'pat-test', fetch: account.fetch, now, sleep, timeoutMs: 1_000, budget });
    for (let call = 0; call < 3; call++) await crm.find(['ada'], []);
    const waiting = crm.find(['ada'], []).catch((error: unknown) => error);
    await new Promise((resolve) => setImmediate(resolve));
    time += 400;
    account.fail({ on: /./, when: 'before-effect', answer: { status: 429, body: { policyName: 'DAILY' } } });
    await expect(crm.locate(['1'])).rejects.toMatchObject({ code: 'DAILY' });
    wake();
    expect(await waiting).toMatchObject({ kind: 'retry-after', code: 'RATE_BUDGET' });
    expect(account.seen).toHaveLength(4);
  });

  it('a pause is kept to where the budget cannot be stored: the call is sent away, not asked for again and again', async () => {
    const { account, now, sleep } = open();
    let asked = 0;
    const take = async () => {
      asked += 1;
      if (asked > 10) throw new Error('asked again and again');
      return 0; // As the shared budget answers where the store fails.
    };
    const budget = { ...createLocalRateBudget(now), take };
    const crm = createHubspotCrm({ token: 'pat-test', fetch: account.fetch, now, sleep, timeoutMs: 1_000, budget });
    account.fail({ on: /./, when: 'before-effect', answer: { status: 429, headers: { 'retry-after': '600' } } });
    await expect(crm.locate(['1'])).rejects.toMatchObject({ kind: 'retry-after' });
    await expect(crm.locate(['1'])).rejects.toMatchObject({ code: 'RATE_BUDGET', retryAt: now() + 600_000 });
    expect([asked, account.seen.length]).toEqual([2, 1]);
  });

  it('after the daily limit, asks once an hour', async () => {
    const { newCrm, account, ada, sleep } = open({ calls: 190, intervalMs: 10_000, daily: 5 });
    const crm = newCrm();
    for (let minute = 0; minute < 180; minute++) {
      await crm.locate([ada]).catch(() => undefined);
      await sleep(60_000);
    }
    expect(account.seen.filter(({ status }) => status === 429).length).toBeLessThanOrEqual(3);
  });

  it.each(['many', '-5', '', '1e9', '0'])('takes no sense from a header that has none: %j', async (text) => {
    const { newCrm, account, now } = open();
    const crm = newCrm();
    const headers = { 'x-hubspot-ratelimit-max': text, 'x-hubspot-ratelimit-interval-milliseconds': text };
    account.fail({ on: /./, when: 'after-effect', answer: { status: 200, headers, body: { results: [] } }, times: 10 });
    for (let call = 0; call < 10; call++) await crm.find(['ada'], []);
    expect(now() - START).toBeLessThan(2_000);
  });

  it('keeps what HubSpot’s headers told when an answer comes without them', async () => {
    const { newCrm, account, now } = open({ calls: 190, intervalMs: 10_000 });
    await newCrm().find(['ada'], []);
    account.fail({ on: /./, when: 'before-effect', answer: { status: 502, body: '<html>' }, times: 1 });
    const other = newCrm();
    await other.find(['ada'], []).catch(() => undefined);
    for (let call = 0; call < 190; call++) await other.find(['ada'], []);
    expect(now() - START).toBeLessThan(11_000);
  });
});
