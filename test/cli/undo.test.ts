import { createAccount, ID_PROPERTY } from '../crm/hubspot/portal-world.ts';
import { KEYS_ENV, mergeBody, post, sealedEnvelope } from '../local/sender.ts';
import { type StackProcess, startStack } from '../local/stack-process.ts';
import { run } from './console.ts';

// Generous: on a busy machine a process of its own takes seconds to start.
jest.setTimeout(600_000);

const account = createAccount();
let stack: StackProcess;
let env: Record<string, string>;
let close: () => Promise<void>;

beforeAll(async () => {
  const server = await account.listen();
  close = server.close;
  env = { CRM: 'hubspot', HUBSPOT_BASE_URL: server.url, HUBSPOT_TOKEN: 'pat-test', USER: 'lin' };
  stack = await startStack({ ...KEYS_ENV, ...env, SAMPLE: '0' });
});
afterAll(async () => {
  await stack.end();
  await close();
});

const command = (...args: string[]) => run([...args, '--local', stack.url], { env, now: Date.now });
const answering = (answer: string, ...args: string[]) =>
  run([...args, '--local', stack.url], { env, now: Date.now, ask: async () => answer });
const showsIn = (text: string, ...args: string[]) => until(async () => (await command(...args)).out.includes(text));
const contactIds = () => [...account.portal.contacts.values()].map(({ values }) => values.get(ID_PROPERTY)).sort();

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; !(await condition()); looks++) {
    if (looks > 1_200) throw new Error('what was waited for did not come');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

it('undo shows the plan, asks for the survivor’s id, and has the merge taken back; show, who and replay say so', async () => {
  for (const id of ['A', 'B']) account.portal.create({ [ID_PROPERTY]: id, firstname: `name of ${id}` });
  await post(`${stack.url}/callback/local`, sealedEnvelope('e1', mergeBody('A', ['B'])));
  await showsIn('applied', 'show', 'e1');
  const again = { changed: { remark: 'said again' } };
  await post(`${stack.url}/callback/local`, sealedEnvelope('e2', mergeBody('A', ['B'], again)));
  await showsIn('applied', 'show', 'e2');

  const shown = await command('undo', 'e1');
  expect(shown).toMatchObject({ code: 0, out: expect.stringContaining('nothing was written') });
  expect(shown.out).toContain('joined the same contacts again and will be parked: e2');
  expect(shown.out).toContain('undo --apply e1');
  expect(contactIds()).toEqual(['A']);

  expect(await command('undo', 'e1', '--confirm', 'A')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--apply'),
  });
  expect(await command('undo', 'e1', '--apply')).toMatchObject({ code: 2, err: expect.stringContaining('--confirm') });
  for (const refused of [
    await command('undo', 'e1', '--apply', '--confirm', 'B'),
    await answering('yes', 'undo', 'e1', '--apply'),
  ])
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('nothing was done') });
  expect(contactIds()).toEqual(['A']);

  const asked = await answering(' A ', 'undo', 'e1', '--apply');
  expect(asked).toMatchObject({ code: 0, out: expect.stringContaining('a worker takes it back') });
  await showsIn('undone', 'show', 'e1');
  expect(contactIds()).toEqual(['A', 'B']);
  expect((await command('show', 'e1')).out).toContain('undo by lin');
  expect((await command('show', 'e1')).out).toMatch(/ {4}B {2}is back as record {2}\d+/);
  expect((await command('show', 'e2')).out).toContain('undone-by-operator');
  const who = (await command('who', 'B')).out;
  expect(who).toContain('is itself');
  expect(who).toMatch(/separated from A\n {4}by lin, .*, event e1/);
  expect(await command('undo', 'e1')).toMatchObject({ code: 1, err: expect.stringContaining('taken back before') });

  expect((await command('replay', 'e2')).code).toBe(0);
  await showsIn('applied', 'show', 'e2');
  expect(contactIds()).toEqual(['A']);
  const said = await command('undo', 'e2', '--apply', '--confirm', 'A', '--json');
  expect([said.code, JSON.parse(said.out || 'null') ?? said.err]).toMatchObject([
    0,
    { eventId: 'e2', asked: 'queued' },
  ]);
});
