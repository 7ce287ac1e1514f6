import { run } from './console.ts';

const HISTORY = /^merge-sync: keys on the command line .*\n/;

describe('merge-sync', () => {
  it.each([[['--help']], [['help']], [['-h']]])('%j lists every command and what exit codes mean', async (args) => {
    const { code, out, err } = await run(args);
    for (const name of ['keygen', 'verify-url', 'send', 'decrypt']) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(out).toMatch(/Exit codes: 0 done; 1 .* 2 /);
    expect([code, err]).toEqual([0, '']);
  });

  it.each(['keygen', 'verify-url', 'send', 'decrypt'])('%s --help has examples', async (name) => {
    const { code, out } = await run([name, '--help']);
    expect(out).toMatch(new RegExp(`Examples:\n  npx merge-sync ${name}`));
    expect(code).toBe(0);
  });

  it('without a command shows the help as an error', async () => {
    const { code, out, err } = await run([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^Usage: merge-sync/);
  });

  it.each([
    [['sned'], "unknown command 'sned'"],
    [['send', '--urll', 'x'], "unknown option '--urll'"],
    [['send', '--url'], 'argument missing'],
    [['send', '--repeat', '0'], '1 to 10000'],
    [['send', '--repeat', '1e9'], '1 to 10000'],
    [['send', '--repeat', 'often'], '1 to 10000'],
    [['send', 'a', 'b'], 'too many arguments'],
    [['keygen', 'a'], 'too many arguments'],
  ])('%j is usage: exit code 2, and where to read more', async (args, problem) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(problem);
    expect(err).toMatch(/merge-sync( send| keygen)? --help says more/);
  });

  it.each([
    [['send'], {}, 'give --keys FILE, or set $DUSTESS_TOKEN and $DUSTESS_ENCODING_AES_KEY'],
    [['verify-url', '--token', 't'], {}, 'or set $DUSTESS_ENCODING_AES_KEY: '],
    [['decrypt'], { DUSTESS_TOKEN: '', DUSTESS_ENCODING_AES_KEY: 'x' }, 'or set $DUSTESS_TOKEN: '],
    [['send', '--token', 't', '--aes-key', 'secretish'], {}, 'needs exactly 43 characters'],
    [
      ['send', '--token', 't', '--aes-key', 'A'.repeat(43)],
      {},
      'give --receive-id (or $DUSTESS_RECEIVE_ID, or "receiveId" in the file of --keys)',
    ],
    [
      ['verify-url', '--token', 't', '--aes-key', 'A'.repeat(43)],
      {},
      'give --receive-id (or $DUSTESS_RECEIVE_ID, or "receiveId" in the file of --keys)',
    ],
    [['send', '--url', 'callback/local'], undefined, '--url needs a whole address such as http://127.0.0.1:3000/'],
    [['verify-url', '--url', 'ftp://127.0.0.1/'], undefined, '--url needs a whole address'],
    [['send', '--keys', 'k', '--token', 't'], undefined, 'give --keys, or --token and --aes-key, not both'],
    [['send', '--keys', 'missing.json'], undefined, 'missing.json cannot be read (ENOENT)'],
    [['send', 'missing.json'], undefined, 'missing.json cannot be read (ENOENT)'],
    [['decrypt', 'missing.json'], undefined, 'missing.json cannot be read (ENOENT)'],
    [['send', '-'], undefined, 'standard input is empty'],
  ])('%j is told in one sentence, exit code 2', async (args, env, problem) => {
    const { code, out, err } = await run(args, { ...(env && { env }), stdin: args[0] === 'decrypt' ? '{}' : ' \n' });
    expect([code, out]).toEqual([2, '']);
    expect(err.replace(HISTORY, '')).toMatch(/^merge-sync: .*$/);
    expect(err).toContain(problem);
    expect(err).not.toContain('secretish');
  });

  it.each([
    [{ USER: '' }, undefined],
    [{}, undefined],
    [{ USER: ' ' }, ' '],
  ])('asks who acts where the system does not know (%j): it is kept with the event', async (env, name) => {
    const { code, out, err } = await run(['replay', 'event-1', '--prefix', 'p'], { env, userName: () => name });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('say who does it, --by NAME');
  });

  it.each([
    ['decrypt', '\uFEFF{"id":"1","event":"e","action":"a","body":"x"}', 'the scheme of 2019'],
    ['send', '\uFEFF{"mainID":1}', 'no answer from'],
  ])('%s reads a file with a byte order mark before it', async (command, text, expected) => {
    const refuse = async () => Promise.reject(new TypeError('fetch failed'));
    const { err } = await run([command, 'f.json'], { files: { 'f.json': text }, fetch: refuse });
    expect(err).toContain(expected);
  });

  it.each([
    [
      Object.assign(new TypeError('fetch failed'), {
        cause: Object.assign(new Error('secret'), { code: 'ECONNRESET' }),
      }),
      '(ECONNRESET)',
    ],
    [new TypeError('fetch failed', { cause: new Error('bad port') }), '(a port that fetch refuses)'],
    [
      new TypeError('fetch failed', {
        cause: new AggregateError([Object.assign(new Error('secret'), { code: 'ECONNREFUSED' })]),
      }),
      '(ECONNREFUSED)',
    ],
    [new DOMException('secret', 'TimeoutError'), '(TimeoutError, none within 30 s)'],
    ['secret', '(unknown)'],
  ])('says what lies below a request without an answer: %s', async (error, cause) => {
    const { code, err } = await run(['send'], { fetch: () => Promise.reject(error) });
    expect(err).toContain(`no answer from 127.0.0.1:3000 ${cause}`);
    expect(err).not.toContain('secret');
    expect(code).toBe(1);
  });

  it.each([
    [async () => new Response('{"code":1}'), 'not as the stack of npm start does (200)'],
    [async () => new Response('', { status: 404 }), 'not as the stack of npm start does (404)'],
    [async () => new Response('<html>'), '(SyntaxError)'],
  ])('does not take any server for the embedded stack', async (fetch, expected) => {
    const { code, err } = await run(['events', '--local'], { fetch });
    expect(err).toContain(expected);
    expect(err).toContain('start it with npm start');
    expect(code).toBe(1);
  });

  it('says so when the fault is ours, where it happened, and not what it choked on', async () => {
    const randomBytes = () => {
      throw new RangeError('330102199001011234');
    };
    const { code, err } = await run(['keygen'], { randomBytes });
    expect(code).toBe(70);
    expect(err).toMatch(/please report it: RangeError\n +at /);
    expect(err).not.toContain('330102');
  });
});
