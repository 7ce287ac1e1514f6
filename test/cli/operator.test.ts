import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Io } from '../../lib/cli/io.ts';
import { main } from '../../lib/cli/main.ts';
import { openService } from '../../lib/cli/service-options.ts';
import { type RecordingServer, type ScriptedAnswer, startRecordingServer } from '../contracts/recording-server.ts';
import { KEYS_ENV, mergeBody, post, sealedEnvelope } from '../local/sender.ts';
import { cleanEnv, type StackProcess, startStack } from '../local/stack-process.ts';

// Generous: on a busy machine a process of its own takes seconds to start.
jest.setTimeout(600_000);

const children: ChildProcess[] = [];
let crm: RecordingServer;
let stack: StackProcess;
let answer: ScriptedAnswer = { status: 200 };

beforeAll(async () => {
  crm = await startRecordingServer(() => answer);
  stack = await startStack({
    ...KEYS_ENV,
    SAMPLE: '0',
    CRM: 'http',
    CRM_HTTP_ENDPOINT: `${crm.url}/merges`,
    CRM_HTTP_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    POLICY: '{"limits":{"mergesPerSurvivorPerDay":1}}',
  });
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await stack.end();
  await crm.close();
});
beforeEach(() => {
  answer = { status: 200 };
});

/** The command as an operator runs it against the embedded stack. */
const run = (...args: string[]) => runAt(Date.now, ...args);

async function runAt(now: () => number, ...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main([...args, '--local', stack.url], {
    env: { USER: 'lin' },
    readStdin: async () => '',
    readFile: async () => '',
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    fetch,
    now,
    userName: () => undefined,
    randomBytes,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function sendMerge(id: string, survivor: string, loser: string): Promise<void> {
  const { status } = await post(`${stack.url}/callback/local`, sealedEnvelope(id, mergeBody(survivor, [loser])));
  expect(status).toBe(200);
}

async function stateOf(id: string): Promise<{ state: string; reason?: string }> {
  const response = await fetch(`${stack.url}/_local/events/local/${id}`);
  return (await response.json()) as { state: string };
}

async function until(id: string, state: string): Promise<void> {
  for (let tries = 0; tries < 6_000; tries++) {
    if ((await stateOf(id)).state === state) return;
    await pause(50);
  }
  throw new Error(`event ${id} is ${JSON.stringify(await stateOf(id))} instead of ${state}`);
}

describe('the operator’s commands', () => {
  it('promise 6 and 8: lists what is parked and why, replays it once the cause is gone, and keeps who did', async () => {
    answer = { status: 409, body: '{"code":"locked_by_audit"}' };
    await sendMerge('parked-1', 'A', 'B');
    await until('parked-1', 'parked');
    const listed = await run('events');
    expect(listed.out).toContain('parked-1  parked  crm-contradiction:locked_by_audit');
    answer = { status: 200 };
    expect((await run('replay', '--all', '--reason', 'crm-contradiction:another')).err).toContain(
      'no parked event has',
    );
    const replayed = await run('replay', '--all', '--reason', 'crm-contradiction');
    expect(replayed).toMatchObject({ code: 0, out: 'parked-1  queued' });
    await until('parked-1', 'applied');
    const { out: past } = await run('events', '--reason', 'crm-contradiction:locked_by_audit');
    expect(past).toBe('');
    const shown = await run('show', 'parked-1');
    expect(shown.out).toContain('replay by lin');
    expect(shown.out).toMatch(
      /plan 1, tell it to merge, attempt 1: .*409[\s\S]*replay by lin[\s\S]*plan 2, tell it to merge, attempt 1: done/,
    );
    expect((await run('who', 'B')).out).toContain('B\n  merged into A\n  by event parked-1');
  });

  it('a merge that the receiver was not said to take back is not undone, and the refusal says what to do', async () => {
    const { code, err } = await run('undo', 'parked-1');
    expect(code).toBe(1);
    expect(err).toContain('set `unmerge: true` in the CRM settings');
  });

  it('promise 7: a replay of all that is stopped says how far it is; the others are as they were', async () => {
    answer = { status: 409, body: '{"code":"stopped_half_way"}' };
    const ids = ['half-1', 'half-2'];
    for (const id of ids) await sendMerge(id, `${id}-main`, `${id}-loser`);
    for (const id of ids) await until(id, 'parked');
    answer = { status: 200 };
    const exit = jest.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Error(`ended with ${code}`);
    });
    const isListening = () => process.listenerCount('SIGINT') > before;
    const before = process.listenerCount('SIGINT');
    let looks = 0;
    const stopInTheMiddle = () => {
      if (isListening() && ++looks === 3) process.emit('SIGINT');
      return Date.now();
    };
    const { err } = await runAt(stopInTheMiddle, 'replay', '--all', '--reason', 'crm-contradiction');
    expect(exit.mock.calls).toEqual([[130]]);
    exit.mockRestore();
    expect(err).toMatch(
      /stopped after [01] of 2 events: the others are as they were, the same command goes on with them/,
    );
    expect(isListening()).toBe(false);
    const states = await Promise.all(ids.map(async (id) => (await stateOf(id)).state));
    expect(states.filter((state) => state === 'parked').length).toBeGreaterThanOrEqual(1);
    expect((await run('replay', '--all', '--reason', 'crm-contradiction')).code).toBe(0);
    for (const id of ids) await until(id, 'applied');
  });

  it('a replay is a new command with a key of its own', () => {
    const keys = crm.requests
      .filter(({ body }) => body.includes('parked-1'))
      .map(({ headers }) => headers['webhook-id']);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('promise 9: releases what the volume limit holds', async () => {
    await sendMerge('first', 'S', 'S1');
    await until('first', 'applied');
    await sendMerge('second', 'S', 'S2');
    await until('second', 'held');
    expect((await run('events', '--state', 'held')).out).toContain('second  held  survivor-day-limit');
    expect((await run('show', 'second')).out).toContain('survivor S\n  loser    S2');
    expect(await run('release', 'second')).toMatchObject({ code: 0, out: 'second  queued' });
    await until('second', 'applied');
  });

  it('promise 4d: lists what the CRM did not know, and replays it by reason and by contact once it is linked', async () => {
    answer = { status: 404, body: '{"code":"unknown"}' };
    for (const [id, survivor, loser] of [
      ['missed-1', 'M', 'M1'],
      ['missed-2', 'N', 'N1'],
    ] as const) {
      await sendMerge(id, survivor, loser);
      await until(id, 'skipped');
    }
    const listed = await run('events', '--reason', 'unknown-in-crm');
    expect(listed.out).toContain('missed-1  skipped  unknown-in-crm  not in the CRM: M, M1');
    expect(listed.err).toContain('2 unlinked');
    answer = { status: 200 };
    expect(await run('replay', '--contact', 'N1')).toMatchObject({ code: 0, out: 'missed-2  queued' });
    await until('missed-2', 'applied');
    expect(await run('replay', '--all', '--reason', 'unknown-in-crm')).toMatchObject({
      code: 0,
      out: 'missed-1  queued',
    });
    await until('missed-1', 'applied');
    expect((await run('events', '--reason', 'unknown-in-crm')).err).toContain('no event is unlinked');
  });

  it('says what is not possible, and exits with 1', async () => {
    const { code, out, err } = await run('release', 'first', 'unheard-of');
    expect(code).toBe(1);
    expect(out).toBe('first  not-possible\nunheard-of  no-such-event');
    expect(err).toContain('1 unknown, 1 not possible in their state');
    expect(err).toContain('check the id and --tenant; npx merge-sync show EVENT_ID says its state');
    expect((await run('replay', 'unheard-of')).err).toMatch(/1 unknown: check the id and --tenant$/);
    expect((await run('show', 'unheard-of')).code).toBe(1);
  });

  it('shows a plan without what its fields say, unless asked', async () => {
    const body = mergeBody('V', ['V1'], { changed: { remark: 'very private' } });
    await post(`${stack.url}/callback/local`, sealedEnvelope('valued', body));
    await until('valued', 'applied');
    expect((await run('show', '--json', 'valued')).out).not.toContain('very private');
    expect((await run('show', '--json', '--values', 'valued')).out).toContain('very private');
    expect((await run('show', 'valued')).out).toContain('remark: this event’s value');
  });

  it('shows both records before and after without values, unless asked, and why each field was written', async () => {
    const body = mergeBody('D', ['D1'], {
      changed: { remark: 'very private', position: '' },
      old: { remark: 'older' },
    });
    await post(`${stack.url}/callback/local`, sealedEnvelope('differs', body));
    await until('differs', 'applied');
    const hidden = (await run('show', '--diff', 'differs')).out;
    expect(hidden).toContain('← remark: hidden → hidden');
    expect(hidden).toContain('position: – (written as empty)');
    expect(hidden).toContain('remark: this event’s value: it is the latest about the field');
    expect(hidden).not.toMatch(/very private|older/);
    expect(hidden).toContain('gone: merged into the survivor');
    expect((await run('show', '--diff', '--values', 'differs')).out).toContain('← remark: older → very private');
    const [survivor] = JSON.parse((await run('show', '--diff', '--json', 'differs')).out).diff;
    expect(survivor.fields).toContainEqual({ key: 'position', isWritten: true, isChanged: false });
  });

  it('exports both records as they were, as a new file for its owner alone or to a pipe', async () => {
    await post(
      `${stack.url}/callback/local`,
      sealedEnvelope('exported', mergeBody('EX', ['EX1'], { old: { remark: 'older' }, changed: { remark: 'newer' } })),
    );
    await until('exported', 'applied');
    const piped = JSON.parse((await run('export', 'exported')).out);
    expect(piped).toMatchObject({
      source: 'dustess',
      contacts: [{ contactId: 'EX', values: { remark: 'older' } }, {}],
    });
    const folder = mkdtempSync(path.join(tmpdir(), 'export-'));
    try {
      const file = path.join(folder, 'before.csv');
      expect(await run('export', 'exported', '--out', file)).toMatchObject({
        code: 0,
        out: `2 contacts saved in ${file}`,
      });
      expect(readFileSync(file, 'utf8')).toContain('survivor,EX,,older');
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const again = await run('export', 'exported', '--out', file);
      expect([again.code, again.err]).toEqual([2, expect.stringContaining('is there already: name another file')]);
      const odd = await run('export', 'exported', '--out', path.join(folder, 'before.doc'));
      expect([odd.code, odd.err]).toEqual([2, expect.stringContaining('--format')]);
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(await run('export', 'unheard-of')).toMatchObject({ code: 1, err: expect.stringContaining('has no event') });
  });

  it('of a merge that has not happened, shows what would become of its contacts, and those the CRM does not know', async () => {
    answer = { status: 409, body: '{"code":"locked_by_audit"}' };
    await sendMerge('undone', 'E', 'E1');
    await until('undone', 'parked');
    answer = { status: 404, body: '{"code":"unknown"}' };
    await sendMerge('missed-3', 'G', 'G1');
    await until('missed-3', 'skipped');
    answer = { status: 200 };
    const undone = (await run('show', '--diff', 'undone')).out;
    expect(undone).toContain('Before and after (before → after, as planned, not done)');
    expect(undone).toContain('to be merged into the survivor');
    expect(undone).not.toContain('gone: merged');
    const missed = (await run('show', 'missed-3')).out;
    expect(missed).toContain('not in the CRM: G, G1\n    The CRM does not know these contacts');
  });

  it('shows a contact’s merge tree downwards: when, and by which event', async () => {
    await sendMerge('tree-1', 'T1', 'T2');
    await until('tree-1', 'applied');
    await sendMerge('tree-2', 'T0', 'T1');
    await until('tree-2', 'applied');
    const { out, err } = await run('who', '--tree', 'T0');
    expect(out).toMatch(
      /T0\n {2}is itself[\s\S]*T0\n└─ T1 {2}\S+ \S+ \S+ {2}tree-2\n {3}└─ T2 {2}\S+ \S+ \S+ {2}tree-1$/,
    );
    expect(err).toBe('2 contacts were merged into it');
    const { way, tree } = JSON.parse((await run('who', '--tree', '--json', 'T1')).out);
    expect(way.map(({ contactId }: { contactId: string }) => contactId)).toEqual(['T1', 'T0']);
    expect(tree).toMatchObject({ id: 'T1', losers: [{ id: 'T2', mergedBy: 'tree-1', losers: [] }] });
  });

  it('follows events until Ctrl-C, and ends with exit code 0', async () => {
    const bin = path.join(process.cwd(), 'lib/cli/bin.mjs');
    const child = spawn(process.execPath, [bin, 'tail', '--local', stack.url, '--last', '1'], { env: cleanEnv({}) });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const ended = once(child, 'exit');
    children.push(child);
    const says = async (what: RegExp) => {
      for (let tries = 0; tries < 3_000 && !what.test(text); tries++) await pause(50);
      expect(text).toMatch(what);
    };
    await says(/\n/);
    await sendMerge('followed', 'F', 'F1');
    await says(/followed {2}applied\n/);
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(text).not.toContain('\x1b'); // No terminal: no colour.
  });

  it('a bulk action of the command stands in the list of past ones, with who did it', async () => {
    const { ledger } = await openService({ local: stack.url }, { fetch, now: Date.now } as Io);
    const ids = await ledger.bulkActions.newest({ before: Number.MAX_SAFE_INTEGER, limit: 100 });
    const past = await Promise.all(ids.map(async ({ id }) => (await ledger.bulkActions.read(id))?.value));
    expect(past).toContainEqual(
      expect.objectContaining({
        ...{ action: 'replay', by: 'lin', list: 'parked', reason: 'crm-contradiction' },
        ...{ total: 1, queued: 1, refused: 0, finishedAt: expect.any(Number) },
      }),
    );
    expect(past).toContainEqual(expect.objectContaining({ action: 'replay', list: 'unlinked', total: 1 }));
  });

  it.each([
    [['replay'], 'name events, or say --all or --contact'],
    [['replay', '--all', '--contact', 'A'], 'name events, or say --all or --contact'],
    [['replay', 'first', '--contact', 'A'], 'name events, or say --all or --contact'],
    [['release'], 'name events, or say --all'],
    [['settle', 'first'], 'say one of --done and --not-done'],
  ])('refuses %j with a sentence that says what to do', async (args, message) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('knows the one tenant of the embedded stack', async () => {
    const { code, err } = await run('events', '--tenant', 'main');
    expect(code).toBe(2);
    expect(err).toContain('this deployment has no tenant main: its tenants are local, as npm start says');
    expect((await run('events', '--tenant', 'local')).code).toBe(0);
  });

  it('says so when no stack answers, or none was named', async () => {
    const io = {
      env: {},
      readStdin: async () => '',
      readFile: async () => '',
      now: Date.now,
      randomBytes,
      fetch,
      userName: () => undefined,
    };
    const err: string[] = [];
    const collect = { ...io, out: () => undefined, err: (text: string) => void err.push(text) };
    expect(await main(['events', '--local', 'http://127.0.0.1:9'], collect)).toBe(1);
    expect(await main(['events'], collect)).toBe(2);
    expect(err.join('\n')).toContain('start it with npm start');
    expect(err.join('\n')).toContain('say which deployment: --prefix');
  });
});
