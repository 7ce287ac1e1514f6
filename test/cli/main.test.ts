import { run } from './console.ts';

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
    [['send'], {}, '--token (or $DUSTESS_TOKEN) and --aes-key (or $DUSTESS_ENCODING_AES_KEY)'],
    [['verify-url', '--token', 't'], {}, 'give --aes-key (or $DUSTESS_ENCODING_AES_KEY)'],
    [['decrypt'], { DUSTESS_TOKEN: '', DUSTESS_ENCODING_AES_KEY: 'x' }, 'give --token (or $DUSTESS_TOKEN)'],
    [['send', '--token', 't', '--aes-key', 'secretish'], {}, 'needs exactly 43 characters'],
    [['send', '--token', 't', '--aes-key', 'A'.repeat(43)], {}, 'give --receive-id (or $DUSTESS_RECEIVE_ID)'],
    [['verify-url', '--token', 't', '--aes-key', 'A'.repeat(43)], {}, 'give --receive-id (or $DUSTESS_RECEIVE_ID)'],
    [['send', '--url', 'callback/local'], undefined, '--url needs a whole address such as http://127.0.0.1:3000/'],
    [['verify-url', '--url', 'ftp://127.0.0.1/'], undefined, '--url needs a whole address'],
    [['send', 'missing.json'], undefined, 'missing.json cannot be read (ENOENT)'],
    [['decrypt', 'missing.json'], undefined, 'missing.json cannot be read (ENOENT)'],
    [['send', '-'], undefined, 'standard input is empty'],
  ])('%j is told in one sentence, exit code 2', async (args, env, problem) => {
    const { code, out, err } = await run(args, { ...(env && { env }), stdin: args[0] === 'decrypt' ? '{}' : ' \n' });
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^merge-sync: .*$/);
    expect(err).toContain(problem);
    expect(err).not.toContain('secretish');
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
