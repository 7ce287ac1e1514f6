import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ClassicLevel } from 'classic-level';
import { createDocuments } from '../../lib/aws/documents.ts';
import { startRecordingServer } from '../contracts/recording-server.ts';
import { killRun } from './kill-runs.ts';
import { ACCEPTED, eventually, getJson, KEYS_ENV, mergeBody, post, sealedEnvelope, verifyUrl } from './sender.ts';
import { startSilentCrm } from './silent-crm.ts';
import { cleanEnv, killAll, START, startStack } from './stack-process.ts';

jest.setTimeout(240_000);

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'merge-sync-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));
afterAll(killAll);

const WITHIN_MS = 60_000;
const post1 = (url: string, id: string, body = mergeBody(`${id}-main`, [`${id}-loser`])) =>
  post(`${url}/callback/local`, sealedEnvelope(id, body));

/** As kills between dynalite's writes leave it, at worst: index entries are gone. */
async function damageIndex(folder: string): Promise<void> {
  const files = new ClassicLevel(folder);
  const keys = await files.keys({ gte: 'index-', lt: 'index.' }).all();
  expect(keys.length).toBeGreaterThanOrEqual(2);
  await files.clear({ gte: 'index-', lt: 'index.' });
  await files.close();
}

describe('B2: killed between the writes of the table and its index', () => {
  it('every open event is found again, and every parked one is listed', async () => {
    const silent = await startSilentCrm();
    const env = { ...KEYS_ENV, ...silent.env, DATA_DIR: dataDir, SAMPLE: '0' };
    const first = await startStack(env);
    expect(await post1(first.url, 'open')).toEqual(ACCEPTED);
    expect(await post1(first.url, 'parked', { ...mergeBody('x', ['y']), mainID: { no: 'id' } })).toEqual(ACCEPTED);
    await eventually(first.url, 'parked', ['parked'], WITHIN_MS);
    await silent.asked;
    await first.end('SIGKILL');
    await silent.close();
    await damageIndex(path.join(dataDir, 'dynamodb'));
    const crm = await startRecordingServer(() => ({ status: 200 }));
    const second = await startStack({ ...env, CRM_HTTP_ENDPOINT: crm.url });
    await eventually(second.url, 'open', ['applied'], WITHIN_MS);
    expect(await parkedIds(second.url)).toEqual(['parked']);
    await second.end();
    await crm.close();
  });

  it('promises 2, 5 and 7: runs of events with kills in them on one DATA_DIR leave nothing open, and merge each once', async () => {
    for (const name of ['first', 'second']) {
      const pauseMs = () => 300 + Math.random() * 1_500;
      const result = await killRun({ dataDir, name, events: 10, kills: 2, pauseMs, patienceMs: 90_000 });
      expect(result).toEqual({ open: [], notOnce: [] });
    }
  });
});

async function parkedIds(url: string): Promise<string[]> {
  const { dynamodb, eventsTable: table } = await getJson<{ dynamodb: string; eventsTable: string }>(
    `${url}/_local/stack`,
  );
  const client = new DynamoDBClient({ endpoint: dynamodb });
  const documents = createDocuments({ client, table, now: Date.now, newId: () => 'unused' });
  const listed = await documents.listed('local', 'parked', { before: Number.MAX_SAFE_INTEGER, limit: 10 });
  client.destroy();
  return listed.map(({ id }) => id);
}

const hasProc = existsSync('/proc/self/stat');

describe('B3: the lock on DATA_DIR', () => {
  (hasProc ? it : it.failing)('ends with its process, although nothing has reaped that yet', async () => {
    // The shell becomes `sleep`, which never asks what became of its child: a container without an init.
    const script = `${START.map((part) => `'${part}'`).join(' ')} & echo $!; exec sleep 100`;
    const env = cleanEnv({ ...KEYS_ENV, DATA_DIR: dataDir, SAMPLE: '0' });
    const parent = spawn('sh', ['-c', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let told = '';
    parent.stdout.on('data', (chunk) => {
      told += String(chunk);
    });
    while (!/^Ready/m.test(told)) await pause(50);
    const pid = Number(told.split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    while (stateOf(pid) !== 'Z') await pause(20);
    expect(readFileSync(path.join(dataDir, 'running'), 'utf8')).toBe(`${pid}\n`);
    const second = await startStack({ ...KEYS_ENV, DATA_DIR: dataDir, SAMPLE: '0' });
    expect(stateOf(pid)).toBe('Z');
    expect(await verifyUrl(`${second.url}/callback/local`, 'echo')).toEqual({ status: 200, text: 'echo' });
    await second.end();
    parent.kill('SIGKILL');
  });

  it('is free although a process has got the number of the one that had it', async () => {
    writeFileSync(path.join(dataDir, 'running'), `${process.pid}\n`);
    const stack = await startStack({ ...KEYS_ENV, DATA_DIR: dataDir, SAMPLE: '0' });
    await stack.end();
    expect(existsSync(path.join(dataDir, 'running'))).toBe(false);
  });
});

const stateOf = (pid: number) => /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];

describe('B4: tables that are kept elsewhere, and a queue that ended with its process', () => {
  it('is filled again with every event that is still open', async () => {
    const silent = await startSilentCrm();
    const { AWS_ENDPOINT_URL_DYNAMODB = '' } = process.env;
    const env = { ...KEYS_ENV, ...silent.env, AWS_ENDPOINT_URL_DYNAMODB, SAMPLE: '0' };
    const first = await startStack(env);
    // More than the workers take at once: most of these stay queued.
    const ids = Array.from({ length: 30 }, (_, index) => `elsewhere-${index}`);
    for (const id of ids) expect(await post1(first.url, id)).toEqual(ACCEPTED);
    await silent.asked;
    await first.end('SIGKILL');
    await silent.close();
    const crm = await startRecordingServer(() => ({ status: 200 }));
    const second = await startStack({ ...env, CRM_HTTP_ENDPOINT: crm.url });
    for (const id of ids) await eventually(second.url, id, ['applied'], 2 * WITHIN_MS);
    await second.end();
    // At most what the first stack's workers had in hand waited for reconcile; the others were queued at the start.
    expect((second.stdout().match(/event queued again/g) ?? []).length).toBeLessThanOrEqual(4);
    await crm.close();
  });
});
