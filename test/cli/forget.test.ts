import { ID_PROPERTY } from '../crm/hubspot/portal-world.ts';
import { mergeBody, post, sealedEnvelope } from '../local/sender.ts';
import { until, useHubspotStack } from './hubspot-stack.ts';

// Generous: on a busy machine a process of its own takes seconds to start.
jest.setTimeout(600_000);

const { account, url, command } = useHubspotStack();

// Longer than one item of the table: it is kept in parts.
const LONG = Array.from({ length: 400_000 }, (_, index) =>
  String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000)),
).join('');

it('promise 11: forget shows what there is, asks for the id, and erases it; show, export and replay say so', async () => {
  for (const id of ['A', 'B']) account.portal.create({ [ID_PROPERTY]: id, firstname: `name of ${id}` });
  const more = { changed: { remark: LONG }, old: { remark: 'said before' } };
  await post(`${url()}/callback/local`, sealedEnvelope('e1', mergeBody('A', ['B'], more)));
  await until(async () => (await command('show', 'e1')).out.includes('applied'));

  const shown = await command('forget', 'B', '--dry-run');
  expect(shown).toMatchObject({ code: 0, out: expect.stringContaining('contact B: 2 contacts that are one person') });
  for (const said of ['A  (survivor)', '1  payloads', '1  plans', 'nothing was erased'])
    expect(shown.out).toContain(said);
  expect((await command('show', 'e1', '--json', '--values')).out).toContain('details of B');

  expect(await command('forget', 'B')).toMatchObject({ code: 2, err: expect.stringContaining('--confirm') });
  expect(await command('forget', 'B', '--confirm', 'A')).toMatchObject({
    code: 1,
    err: expect.stringContaining('nothing was erased'),
  });
  expect(await command('forget', 'B', '--confirm', 'B')).toMatchObject({
    code: 0,
    out: expect.stringContaining('the values of 1 events are erased'),
  });

  const story = (await command('show', 'e1', '--json', '--values')).out;
  for (const value of ['details of B', 'said before', LONG.slice(0, 20)]) expect(story).not.toContain(value);
  expect(JSON.parse(story)).toMatchObject({ record: { state: 'applied', erased: true }, payload: null });
  expect((await command('show', 'e1')).out).toContain('forget by lin');
  expect(await command('export', 'e1')).toMatchObject({ code: 1, err: expect.stringContaining('were erased') });
  expect(await command('replay', 'e1')).toMatchObject({ code: 1, err: expect.stringContaining('erased') });
  expect((await command('who', 'B')).out).toContain('merged into A');
  expect(JSON.parse((await command('forget', 'A', '--json')).out)).toMatchObject({
    counts: { events: 0, erasedBefore: 1 },
    erased: [],
  });
});
