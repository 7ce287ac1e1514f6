import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import manifest from '../../package.json';
import { ENV, type Ran } from './console.ts';
import { startReceiver } from './receiver.ts';

// Generous: on a busy machine a process of its own takes seconds to start.
jest.setTimeout(600_000);

const BIN = path.join(__dirname, '../..', manifest.bin['merge-sync']);

// A folder whose own tsconfig.json must not matter.
const elsewhere = mkdtempSync(path.join(tmpdir(), 'merge-sync-cli-'));
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  receiver = await startReceiver(Date.now);
  writeFileSync(path.join(elsewhere, 'trap.js'), 'throw new Error("not this one")');
  const paths = { '*': ['./trap.js'] };
  writeFileSync(path.join(elsewhere, 'tsconfig.json'), JSON.stringify({ compilerOptions: { baseUrl: '.', paths } }));
});
afterAll(async () => {
  await receiver.close();
  rmSync(elsewhere, { recursive: true });
});

/** The real command in a process of its own. */
async function bin(args: string[], { stdin = '', env = ENV }: { stdin?: string; env?: object } = {}): Promise<Ran> {
  const child = spawn(process.execPath, [BIN, ...args], { cwd: elsewhere, env: { PATH: process.env.PATH, ...env } });
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  child.stdin.on('error', () => undefined); // It may end without having read.
  child.stdin.end(stdin);
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit) => resolve(exit ?? -1));
  });
  return { code, out: out.join(''), err: err.join('') };
}

/** The same, in a line of bash. */
async function shell(line: string): Promise<Ran> {
  const child = spawn('bash', ['-c', `"${process.execPath}" "${BIN}" ${line}`], { cwd: elsewhere });
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  const code = await new Promise<number>((resolve) => child.on('close', (exit) => resolve(exit ?? -1)));
  return { code, out: out.join(''), err: err.join('') };
}

function collect(stream: NodeJS.ReadableStream): string[] {
  const chunks: string[] = [];
  stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  return chunks;
}

describe('the merge-sync command, from any folder', () => {
  it('explains itself', async () => {
    expect(await bin(['--help'])).toMatchObject({ code: 0, out: expect.stringMatching(/^Usage: merge-sync/), err: '' });
  });

  it('sends the sample, sealed as of now, and ends when it is answered', async () => {
    const ran = await bin(['send', '--url', receiver.callback]);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(receiver.delivered).toMatchObject([SAMPLE_ENVELOPE]);
  });

  it('verifies a URL', async () => {
    expect(await bin(['verify-url', '--url', receiver.callback])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^verified: /),
    });
  });

  it('keygen, send and decrypt fit together', async () => {
    const { token, encodingAesKey } = JSON.parse((await bin(['keygen', '--json'], { env: {} })).out);
    const env = { DUSTESS_TOKEN: token, DUSTESS_ENCODING_AES_KEY: encodingAesKey, DUSTESS_RECEIVE_ID: 'x' };
    receiver.script.answer = () => ({ status: 401, body: '{"code":0}' });
    const refused = await bin(['send', '-', '--url', receiver.callback], { env, stdin: '{"mainID":"好"}' });
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^merge-sync: the callback was not accepted: /),
    });
    const opened = await bin(['decrypt'], { env, stdin: receiver.requests.at(-1)?.body ?? '' });
    expect(opened).toMatchObject({ code: 0, out: '{"mainID":"好"}\n' });
  });

  it('reads files, and says which it cannot read', async () => {
    delete receiver.script.answer;
    writeFileSync(path.join(elsewhere, 'event.json'), JSON.stringify({ ...SAMPLE_ENVELOPE, id: 'from-a-file' }));
    expect(await bin(['send', 'event.json', '--url', receiver.callback])).toMatchObject({ code: 0 });
    expect(receiver.delivered.at(-1)).toMatchObject({ id: 'from-a-file' });
    const missing = await bin(['send', 'missing.json', '--url', receiver.callback]);
    expect(missing).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('missing.json cannot be read (ENOENT)'),
    });
  });

  it('reads what Windows PowerShell writes: UTF-16 with a byte order mark', async () => {
    const event = JSON.stringify({ ...SAMPLE_ENVELOPE, id: '尘锋-16' });
    writeFileSync(path.join(elsewhere, 'utf16.json'), Buffer.from(`\uFEFF${event}`, 'utf16le'));
    expect(await bin(['send', 'utf16.json', '--url', receiver.callback])).toMatchObject({ code: 0 });
    expect(receiver.delivered.at(-1)).toMatchObject({ id: '尘锋-16' });
  });

  it('refuses what is in neither UTF-8 nor UTF-16: in GBK every Chinese character would be lost', async () => {
    const gbk = Buffer.concat([
      Buffer.from('{"remark":{"to":"x","options":{"'),
      Buffer.from([0xc4, 0xd0]),
      Buffer.from('":"m"}}}'),
    ]);
    writeFileSync(path.join(elsewhere, 'gbk.json'), gbk);
    expect(await bin(['map', '--check', 'gbk.json'])).toEqual({
      code: 2,
      out: '',
      err: 'merge-sync: gbk.json is neither UTF-8 nor UTF-16: save it again as UTF-8\n',
    });
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('says in a sentence that the disk is full', async () => {
    const ran = await shell('keygen --json >/dev/full');
    expect(ran).toEqual({ code: 2, out: '', err: 'merge-sync: the output cannot be written (ENOSPC)\n' });
  });

  it('goes on where nothing reads its errors any more', async () => {
    const ran = await shell('map --check missing.json 2>&1 >/dev/null | true; exit $PIPESTATUS');
    expect(ran).toEqual({ code: 2, out: '', err: '' });
  });

  const noFiles = { HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };
  it.each<[string, object, string]>([
    ['no region', noFiles, 'no AWS region is set: export AWS_REGION='],
    ['no credentials', { ...noFiles, AWS_REGION: 'cn-north-1' }, 'there are no AWS credentials'],
  ])('asks in words for what AWS needs: %s', async (_, env, expected) => {
    for (const args of [['events'], ['doctor']]) {
      const ran = await bin([...args, '--prefix', 'merge-sync-test'], { env });
      expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining(expected) });
      expect(ran.err).toMatch(/^merge-sync: .*\n$/);
      expect(ran.err).not.toMatch(/\b(Store|Config)?Error:/);
    }
  });

  it('needs nothing of the environment but what it is told', async () => {
    expect(await bin(['send'], { env: {} })).toMatchObject({ code: 2, err: expect.stringContaining('$DUSTESS_TOKEN') });
  });
});
