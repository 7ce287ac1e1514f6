import { NOW } from '../dustess/sealing.ts';
import { run } from './console.ts';
import { queryOf, startReceiver } from './receiver.ts';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  receiver = await startReceiver(() => NOW);
});
beforeEach(() => {
  receiver.requests.length = 0;
  delete receiver.script.answer;
});
afterAll(() => receiver.close());

const verify = (...args: string[]) => run(['verify-url', '--url', receiver.callback, ...args]);

describe('merge-sync verify-url', () => {
  it('asks as 尘锋 does when the URL is saved, and is content with the exact echo', async () => {
    const { code, out, err } = await verify();
    expect(receiver.requests).toHaveLength(2);
    for (const request of receiver.requests) {
      expect(request).toMatchObject({ method: 'GET', url: expect.stringMatching(/^\/callback\/local\?/) });
      expect(Object.keys(queryOf(request)).sort()).toEqual(['echo_str', 'msg_signature', 'nonce', 'timestamp']);
    }
    expect(out).toMatch(/^verified: 127\.0\.0\.1:\d+ answered the echo exactly, in 0 ms/);
    expect([code, err]).toEqual([0, '']);
  });

  it('asks for another echo each time', async () => {
    await verify();
    await verify();
    const echoes = receiver.requests.map((request) => queryOf(request).echo_str?.replaceAll(' ', '+'));
    expect(new Set(echoes).size).toBe(2);
  });

  it('keeps what the URL has in its query already', async () => {
    await run(['verify-url', '--url', `${receiver.callback}?from=scrm`]);
    expect(queryOf(receiver.requests[0] as never)).toMatchObject({ from: 'scrm' });
  });

  it('asks once with + encoded and once without', async () => {
    for (let round = 0; round < 20; round++) await verify();
    const bare = receiver.requests.filter(({ url }) => url.includes('+'));
    const encoded = receiver.requests.filter(({ url }) => url.includes('%2B'));
    expect(bare.length).toBeGreaterThan(0);
    expect(bare.length).toBe(encoded.length);
  });

  it('says the outcome of each question with --json', async () => {
    const { code, out } = await verify('--json');
    const answer = { status: 200, ms: 0 };
    expect(JSON.parse(out)).toEqual({ verified: true, answers: [answer, answer] });
    expect(code).toBe(0);
    receiver.script.answer = () => ({ status: 401 });
    const refused = await verify('--json');
    expect(JSON.parse(refused.out)).toEqual({ verified: false, answers: [{ status: 401, ms: 0 }] });
    expect(refused.code).toBe(1);
  });
});

describe('a receiver that 尘锋 would not accept is told why: exit code 1', () => {
  /** The receiver answers the right echo, changed. */
  async function answering(change: (echo: string) => string) {
    const honest = await startReceiver(() => NOW);
    const echoes: string[] = [];
    const lying = await startReceiver(() => NOW);
    lying.script.answer = () => ({ status: 200, body: change(echoes.at(-1) as string) });
    const fetched: typeof fetch = async (url, init) => {
      const { search } = new URL(String(url));
      echoes.push(await (await fetch(`${honest.callback}${search}`)).text());
      return fetch(url, init);
    };
    const ran = await run(['verify-url', '--url', lying.callback], { fetch: fetched as never });
    await Promise.all([honest.close(), lying.close()]);
    return ran;
  }

  it.each<[string, (echo: string) => string]>([
    ['it is empty', () => ''],
    ['a byte order mark stands before it', (echo) => `\uFEFF${echo}`],
    ['there is white space around it', (echo) => `${echo}\n`],
    ['it is written as JSON', (echo) => JSON.stringify(echo)],
    ['its quotes are gone', (echo) => echo.slice(1, -1)],
    ['it is something else', () => '{"code":1,"msg":"成功"}'],
    ['it is something else', (echo) => echo.toUpperCase()],
  ])('%s', async (difference, change) => {
    const { code, out, err } = await answering(change);
    expect(err).toBe(
      `merge-sync: the URL does not verify: the answer is not the echo (${difference}): answer the decrypted text and nothing else`,
    );
    expect([code, out]).toEqual([1, '']);
  });

  it.each([
    [401, 'compare token, AES key, receiveId, clock'],
    [404, 'ends in /callback/'],
    [500, 'see its log'],
  ])('HTTP %d', async (status, meaning) => {
    receiver.script.answer = () => ({ status });
    const { code, err } = await verify();
    expect(err).toContain(`the URL does not verify: HTTP ${status}; `);
    expect(err).toContain(meaning);
    expect(code).toBe(1);
  });

  it('that loses the + of base64 is found', async () => {
    receiver.script.answer = ({ url }) => (url.includes('+') ? { status: 401 } : undefined);
    let ran = await verify();
    for (let round = 0; round < 50 && ran.code === 0; round++) ran = await verify();
    expect(ran.err).toContain('the URL does not verify when + is not encoded as %2B: HTTP 401');
  });

  it('that does not answer', async () => {
    receiver.script.answer = () => 'hang-up';
    expect(await verify()).toMatchObject({ code: 1, err: expect.stringContaining('no answer from 127.0.0.1') });
  });
});
