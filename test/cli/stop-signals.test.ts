import { run } from './console.ts';

/** What a command says and how it ends when a signal comes while it waits for its first answer. */
async function stoppedWith(signal: NodeJS.Signals, args: string[], env: Record<string, string> = {}) {
  const exit = jest.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
  const before = process.listenerCount(signal);
  const listened: number[] = [];
  const ran = await run(args, {
    env: { DUSTESS_TOKEN: 't', DUSTESS_ENCODING_AES_KEY: 'a'.repeat(43), DUSTESS_RECEIVE_ID: 'r', ...env },
    fetch: async () => {
      listened.push(process.listenerCount(signal) - before);
      process.emit(signal);
      return new Response('{"code":1}', { status: 200 });
    },
  });
  const codes = exit.mock.calls.map(([code]) => code);
  exit.mockRestore();
  return { ...ran, codes, listened, left: process.listenerCount(signal) - before };
}

describe('a command that is stopped while it delivers', () => {
  const SEND = ['send', '--id', 'e1', '--url', 'http://127.0.0.1:3000/callback/main'];

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('by %s says how far it is and how to learn the rest, and ends with %d', async (signal, code) => {
    const { err, codes, listened, left } = await stoppedWith(signal, SEND);
    expect(err).toContain(
      'merge-sync: stopped: 0 of 1 deliveries were answered, one more may have arrived; merge-sync show e1 says what the service knows',
    );
    expect(codes).toEqual([code]);
    expect({ listened, left }).toEqual({ listened: [1], left: 0 });
  });

  it('says it in Chinese where the terminal is Chinese', async () => {
    const { err } = await stoppedWith('SIGINT', SEND, { LANG: 'zh_CN.UTF-8' });
    expect(err).toContain(
      'merge-sync: 已停下：0/1 次投递有应答，另有一次可能已送达；merge-sync show e1 可查看服务所知',
    );
  });
});
