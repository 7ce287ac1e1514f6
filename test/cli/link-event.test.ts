import { ID_PROPERTY } from '../crm/hubspot/portal-world.ts';
import { mergeBody, post, sealedEnvelope } from '../local/sender.ts';
import { until, useHubspotStack } from './hubspot-stack.ts';

// Generous: on a busy machine a process of its own takes seconds to start.
jest.setTimeout(600_000);

const { account, url, command } = useHubspotStack({ POLICY: JSON.stringify({ whenMissing: 'ask' }) });
const idOf = (recordId: string) => account.portal.byId(recordId)?.values.get(ID_PROPERTY) || undefined;
const stateOf = async (event: string) => JSON.parse((await command('show', event, '--json')).out).record;

/** An event of two contacts that no record carries the id of, parked. */
async function park(event: string, [survivor, loser]: [string, string], numbers: [string, string]): Promise<void> {
  const more = { old: { mobiles: [numbers[0]], email: '' }, mergedContacts: [{ mobiles: [numbers[1]], email: '' }] };
  await post(`${url()}/callback/local`, sealedEnvelope(event, mergeBody(survivor, [loser], more)));
  await until(async () => (await command('events')).out.includes(event));
}

it('promise 12: a parked event shows candidates without values; confirmed ones get their ids, and the merge follows', async () => {
  const { portal } = account;
  const ada = portal.create({ mobilephone: '138 0013 8001', firstname: 'Ada' }).id;
  const bob = portal.create({ phone: '13800138002' }).id;
  const foreign = portal.create({ mobilephone: '13800138002', [ID_PROPERTY]: 'another' }).id;
  await park('e1', ['A', 'B'], ['13800138001', '13800138002']);
  expect(await stateOf('e1')).toMatchObject({ state: 'parked', reason: 'unlinked', missing: ['A', 'B'] });

  const shown = await command('link', '--event', 'e1');
  expect(shown.code).toBe(0);
  expect(shown.out).toMatch(new RegExp(`contact A\\n {2}record ${ada} {2}\\(mobile\\)\\ncontact B`));
  for (const text of [`record ${bob}`, `record ${foreign}`, 'carries the id another'])
    expect(shown.out).toContain(text);
  expect(shown.out).not.toMatch(/1380013800|Ada/);
  const next = `  npx merge-sync link --event e1 --contact A --local ${url()}`;
  expect(shown.out.split('\n').slice(-2)).toEqual([`${next} --record RECORD`, `${next} --nobody`]);
  const abroad = await command('link', '--event', 'e1', '--country', 'HK', '--by', 'Li Lei');
  expect(abroad.out).toContain(`${next} --country HK --by 'Li Lei' --nobody`);
  expect((await command('link', '--event', 'e1', '--values')).out).toContain('mobile: +8613800138001');
  const asked = JSON.parse((await command('link', '--event', 'e1', '--json')).out);
  expect(asked[0]).toEqual({
    contact: 'A',
    candidates: [{ recordId: ada, agrees: ['mobile'], contactIds: [] }],
  });

  const link = (...args: string[]) => command('link', '--event', 'e1', ...args);
  expect(await link('--contact', 'X', '--nobody')).toMatchObject({ code: 2 });
  expect(await link('--contact', 'A')).toMatchObject({ code: 2 });
  expect(await link('--contact', 'A', '--record', bob)).toMatchObject({ code: 2 });
  expect(await link('--contact', 'B', '--record', foreign)).toMatchObject({ code: 1 });
  expect(account.portal.byId(foreign)?.values.get(ID_PROPERTY)).toBe('another');

  expect(await link('--contact', 'A', '--record', ada)).toMatchObject({
    code: 0,
    out: expect.stringContaining('waits for an answer about B'),
  });
  expect(idOf(ada)).toBe('A');
  await until(async () => (await stateOf('e1')).state === 'parked');
  expect(await stateOf('e1')).toMatchObject({ reason: 'unlinked', missing: ['B'] });
  expect(account.portal.merges()).toBe(0);
  expect(await link('--contact', 'B', '--record', bob)).toMatchObject({
    code: 0,
    out: expect.stringContaining('the event goes on'),
  });
  await until(async () => (await stateOf('e1')).state === 'applied');
  expect(account.portal.merges()).toBe(1);
  expect((await stateOf('e1')).operatorActions).toMatchObject([
    { by: 'lin', contact: 'A', record: ada },
    { by: 'lin', contact: 'B', record: bob },
  ]);
  expect(await link('--contact', 'B', '--nobody')).toMatchObject({ code: 1 });
});

it('an event of which nobody has a record ends as it does without asking', async () => {
  await park('e2', ['C', 'D'], ['13800138003', '13800138004']);
  for (const contact of ['C', 'D']) {
    expect(await command('link', '--event', 'e2', '--contact', contact, '--nobody')).toMatchObject({ code: 0 });
    await until(async () => ['parked', 'skipped'].includes((await stateOf('e2')).state));
  }
  expect(await stateOf('e2')).toMatchObject({ state: 'skipped', reason: 'unknown-in-crm', withoutRecord: ['C', 'D'] });
});
