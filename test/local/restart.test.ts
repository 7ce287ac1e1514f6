import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import { startRecordingServer } from '../contracts/recording-server.ts';
import {
  ACCEPTED,
  addContact,
  eventually,
  getJson,
  KEYS_ENV,
  mergeBody,
  post,
  sealedEnvelope,
  viewEvent,
} from './sender.ts';
import { groupIsGone, killAll, spawnStack, startStack } from './stack-process.ts';

jest.setTimeout(120_000);

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'merge-sync-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));
afterAll(killAll);

const exportsOf = ({ stdout }: { stdout(): string }) => stdout().match(/^ {4}export .*$/gm);

describe('with DATA_DIR', () => {
  it('a restart has the same keys, the same ledger and the same contacts', async () => {
    const first = await startStack({ DATA_DIR: dataDir });
    const contacts = await getJson(`${first.demoUrl}/contacts`);
    const merges = await getJson(`${first.demoUrl}/merges`);
    const ledger = await viewEvent(first.url, SAMPLE_ENVELOPE.id);
    await first.end();
    const second = await startStack({ DATA_DIR: dataDir });
    expect(exportsOf(second)).toEqual(exportsOf(first));
    expect(await viewEvent(second.url, SAMPLE_ENVELOPE.id)).toEqual(ledger);
    expect(await getJson(`${second.demoUrl}/contacts`)).toEqual(contacts);
    expect(await getJson(`${second.demoUrl}/merges`)).toEqual(merges);
    expect(second.stdout()).toContain('4  an earlier start has handled this event');
    await second.end();
  });

  it('promise 2: killed with kill -9 right after its answer, it has every accepted event applied after the restart, once', async () => {
    const env = { ...KEYS_ENV, DATA_DIR: dataDir, SAMPLE: '0' };
    const first = await startStack(env);
    const ids = Array.from({ length: 20 }, (_, index) => `killed-${index}`);
    for (const id of ids) await addContact(first.demoUrl, `${id}-main`, { remark: id });
    const answers = ids.map((id) =>
      post(`${first.url}/callback/local`, sealedEnvelope(id, mergeBody(`${id}-main`, [`${id}-loser`]))),
    );
    expect(await Promise.all(answers)).toEqual(ids.map(() => ACCEPTED));
    expect(await first.end('SIGKILL')).toBe('SIGKILL');
    expect(await groupIsGone(first.child)).toBe(true);
    const second = await startStack(env);
    for (const id of ids) await eventually(second.url, id, ['applied']);
    const { pairs } = await getJson<{ pairs: { loserId: string; effects: number }[] }>(`${second.demoUrl}/merges`);
    await second.end();
    expect(pairs.map(({ loserId }) => loserId).sort()).toEqual(ids.map((id) => `${id}-loser`).sort());
    expect(pairs.every(({ effects }) => effects === 1)).toBe(true);
  });

  it('promise 5: killed while the CRM had the command, it sends the same command again, under the same key', async () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    let answers = 0;
    const crm = await startRecordingServer(() => {
      answers += 1;
      return answers === 1 ? 'silence' : { status: 200 };
    });
    const env = { ...KEYS_ENV, DATA_DIR: dataDir, SAMPLE: '0', CRM: 'http', CRM_HTTP_SECRET: secret };
    const withCrm = { ...env, CRM_HTTP_ENDPOINT: crm.url };
    const first = await startStack(withCrm);
    await post(`${first.url}/callback/local`, sealedEnvelope('asked', mergeBody('a', ['b'])));
    while (crm.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await first.end('SIGKILL');
    const second = await startStack(withCrm);
    await eventually(second.url, 'asked', ['applied']);
    await second.end();
    await crm.close();
    const [before, after] = crm.requests;
    expect(crm.requests).toHaveLength(2);
    expect(after?.body).toBe(before?.body);
    expect(after?.headers['webhook-id']).toBe(before?.headers['webhook-id']);
  });

  it('says so when another npm start has the folder', async () => {
    const first = await startStack({ DATA_DIR: dataDir, SAMPLE: '0' });
    const { child, text } = spawnStack({ DATA_DIR: dataDir });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(1);
    expect(text.stderr).toMatch(/^DATA_DIR is in use by process \d+: stop that npm start, or name another folder/);
    expect(await viewEvent(first.url, 'any')).toMatchObject({ status: 404 });
    await first.end();
  });

  it('keeps its keys where only their owner reads them', async () => {
    const stack = await startStack({ DATA_DIR: dataDir, SAMPLE: '0' });
    await stack.end();
    const file = path.join(dataDir, 'keys.json');
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')))).toEqual(['token', 'encodingAesKey', 'receiveId']);
    expect(statSync(file).mode & 0o077).toBe(0);
  });
});

describe('without DATA_DIR', () => {
  it('a restart knows nothing of the earlier one', async () => {
    const first = await startStack();
    await first.end();
    const second = await startStack({ SAMPLE: '0' });
    expect(exportsOf(second)).not.toEqual(exportsOf(first));
    expect(await viewEvent(second.url, SAMPLE_ENVELOPE.id)).toMatchObject({ status: 404 });
    await second.end();
  });
});
