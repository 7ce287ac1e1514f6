import { KEYS, NOW, OTHER_KEYS, open, RECEIVE_ID, sealed } from '../dustess/sealing.ts';
import { run } from './console.ts';
import { startReceiver } from './receiver.ts';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  receiver = await startReceiver(() => NOW);
});
afterAll(() => receiver.close());

const DOOR = { keys: [KEYS, OTHER_KEYS], receiveIds: ['*', RECEIVE_ID] };
const files = {
  'keys.json': JSON.stringify({ ...KEYS, receiveId: RECEIVE_ID }),
  'without.json': JSON.stringify(KEYS),
  'door.json': `\uFEFF${JSON.stringify(DOOR)}`,
  'wrong.json': JSON.stringify({ token: 'secret', encodingAESKey: 'secret' }),
  'short.json': JSON.stringify({ token: 'secret', encodingAesKey: 'secret' }),
  'open.json': JSON.stringify({ keys: [KEYS], receiveIds: ['*'] }),
};
const OF_ANOTHER = { DUSTESS_TOKEN: 'x', DUSTESS_ENCODING_AES_KEY: 'x', DUSTESS_RECEIVE_ID: 'of-another' };

describe('keys from a file', () => {
  it.each([['keys.json'], ['door.json']])(
    '%s: verify-url and send use it and its receiveId, whatever the variables say',
    async (file) => {
      const verified = await run(['verify-url', '--url', receiver.callback, '--keys', file], {
        files,
        env: OF_ANOTHER,
      });
      expect(verified).toMatchObject({ code: 0, err: '' });
      const sent = await run(['send', '--url', receiver.callback, '--keys', file], { files, env: OF_ANOTHER });
      expect(sent).toMatchObject({ code: 0, err: '' });
    },
  );

  it('decrypt tries every pair of the door settings, and no receiveId narrows what it opens', async () => {
    const body = sealed('{"a":1}', { keys: OTHER_KEYS, receiveId: 'unexpected' });
    const stdin = JSON.stringify({ id: '1', event: 'E', action: 'A', body });
    const { code, out, err } = await run(['decrypt', '--keys', 'door.json'], { files, stdin, env: OF_ANOTHER });
    expect([code, out]).toEqual([0, '{"a":1}']);
    expect(err).toContain('for receiveId unexpected');
  });

  it('come from standard input, too', async () => {
    const stdin = files['keys.json'];
    expect(await run(['send', '--url', receiver.callback, '--keys', '-'], { stdin, env: {} })).toMatchObject({
      code: 0,
    });
  });

  it('a receiveId on the command line comes before that of the file', async () => {
    let posted = '';
    const fetch = async (_url: string, init: RequestInit) => {
      posted = String(init.body);
      return new Response('', { status: 401 });
    };
    await run(['send', '--keys', 'keys.json', '--receive-id', 'other'], { files, fetch });
    const { err } = await run(['decrypt', '--keys', 'keys.json'], { files, stdin: posted });
    expect(err).toContain('for receiveId other');
  });

  it.each([
    ['wrong.json', 'unknown key encodingAESKey, did you mean encodingAesKey'],
    ['short.json', 'needs exactly 43 characters'],
    ['without.json', 'give --receive-id'],
    ['open.json', 'give --receive-id'],
  ])('%s is refused in words, and nothing of it is shown', async (file, expected) => {
    const { code, out, err } = await run(['send', '--keys', file], { files, env: {} });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(expected);
    expect(err).not.toContain('secret');
  });
});

describe('keys on the command line', () => {
  const typed = ['--token', KEYS.token, '--aes-key', KEYS.encodingAesKey, '--receive-id', RECEIVE_ID];

  it('go on working, with a warning that does not show them', async () => {
    const { code, err } = await run(['send', '--url', receiver.callback, ...typed], { env: {} });
    expect(code).toBe(0);
    expect(err).toContain('stay in the shell’s history');
    expect(err).toContain('--keys FILE');
    for (const key of Object.values(KEYS)) expect(err).not.toContain(key);
  });

  it('the warning does not disturb a script', async () => {
    const { out } = await run(['verify-url', '--json', '--url', receiver.callback, ...typed], { env: {} });
    expect(JSON.parse(out)).toMatchObject({ verified: true });
  });

  it.each(['send', 'verify-url', 'decrypt'])('%s --help names --keys first', async (command) => {
    const { out } = await run([command, '--help']);
    expect(out.indexOf('--keys <file>')).toBeGreaterThan(0);
    expect(out.indexOf('--keys <file>')).toBeLessThan(out.indexOf('--token <token>'));
  });
});

it('the file that keygen writes is the file that --keys reads', async () => {
  const { out } = await run(['keygen', '--json'], { env: {} });
  const keys = JSON.parse(out);
  const stdin = JSON.stringify({ id: '1', event: 'E', action: 'A', body: sealed('好', { keys }) });
  expect(open(sealed('好', { keys }), { keys: [keys] })).toBe('好');
  expect(await run(['decrypt', '--keys', 'k'], { files: { k: out }, stdin, env: {} })).toMatchObject({
    code: 0,
    out: '好',
  });
});
