import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAccount, ID_PROPERTY } from '../crm/hubspot/portal-world.ts';
import { asTyped, exportOf, makePeople, type Person } from '../lookalikes/people.ts';
import { createSalesforceLookalike } from '../lookalikes/salesforce.ts';
import { run } from './console.ts';

jest.setTimeout(300_000); // On a busy machine a process of its own takes seconds to start.

/** A folder with 尘锋's export of invented people and the settings of the account that has them. */
async function openWorld(count: number) {
  const folder = mkdtempSync(path.join(tmpdir(), 'merge-sync-link-'));
  const account = createAccount();
  const { url, close } = await account.listen();
  const { people, records } = makePeople(count);
  const make = (person: Person, index: number) =>
    account.portal.create({ mobilephone: asTyped(person, index), ...(person.email && { email: person.email }) });
  for (const [index, { person, merged }] of records.entries()) {
    const record = make(person, index);
    if (merged) account.portal.merge(record.id, make(merged, index).id);
  }
  const file = (name: string) => path.join(folder, name);
  writeFileSync(file('contacts.csv'), exportOf(people));
  writeFileSync(file('crm.json'), JSON.stringify({ crm: { kind: 'hubspot', token: 'pat-test', baseUrl: url } }));
  const files = { [file('crm.json')]: readFileSync(file('crm.json'), 'utf8') };
  const link = (...args: string[]) =>
    run(['link', ...args, '--crm', file('crm.json')], { files, env: {}, now: Date.now });
  const linked = () => [...account.portal.contacts.values()].filter(({ values }) => values.get(ID_PROPERTY)).length;
  return { folder, account, people, file, link, linked, close };
}

const opened: Awaited<ReturnType<typeof openWorld>>[] = [];
async function open(count: number) {
  const world = await openWorld(count);
  opened.push(world);
  return world;
}
afterEach(async () => {
  for (const { close, folder, account } of opened.splice(0)) {
    await close();
    rmSync(folder, { recursive: true });
    expect(account.broken).toEqual([]);
  }
});

describe('merge-sync link', () => {
  it('promise 12: of 200 people, 20 of them with a shared number and 10 merged by hand, plans, writes and takes back', async () => {
    const { file, link, linked, folder, account } = await open(200);
    const planned = await link(file('contacts.csv'));
    expect(planned.code).toBe(0);
    const counts = Object.fromEntries(
      [...planned.out.matchAll(/^ +(\d+) {2}([a-z-]+)/gm)].map(([, count, name]) => [name, Number(count)]),
    );
    expect(counts).toEqual({
      linked: 0,
      matched: 179,
      'merged-before': 0,
      ambiguous: 10,
      conflict: 4,
      'missing-in-crm': 7,
      'missing-in-export': 0,
      unusable: 0,
    });
    expect(linked()).toBe(0);
    expect(account.seen.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(['contacts.csv', 'contacts.link.csv', 'contacts.link.json', 'crm.json']);

    const plan = file('contacts.link.json');
    expect(planned.out.split('\n').at(-1)).toBe(`  npx merge-sync link --apply ${plan} --crm ${file('crm.json')}`);
    const applied = await link('--apply', plan);
    expect(applied).toMatchObject({ code: 0, out: expect.stringContaining('179 ids are written') });
    expect(applied.out.split('\n').at(-1)).toBe(`  npx merge-sync link --undo ${plan} --crm ${file('crm.json')}`);
    expect(linked()).toBe(179);
    const again = await link(file('contacts.csv'), '--out', file('second'), '--json');
    expect(JSON.parse(again.out).counts).toMatchObject({ linked: 179, matched: 0 });
    expect(await link('--undo', plan)).toMatchObject({ code: 0, out: '179 ids are cleared' });
    expect(linked()).toBe(0);
  });

  it('promise 11: plan, report and output hold ids and lines, no name, number or address; the files are private', async () => {
    const { file, link, people } = await open(100);
    const { out, err } = await link(file('contacts.csv'));
    const texts = [
      out,
      err,
      readFileSync(file('contacts.link.csv'), 'utf8'),
      readFileSync(file('contacts.link.json'), 'utf8'),
    ];
    for (const { mobile, email, name } of people)
      for (const value of [mobile, email, name].filter(Boolean))
        for (const text of texts) expect(text).not.toContain(value);
    expect(statSync(file('contacts.link.json')).mode & 0o077).toBe(0);
  });

  it('the report says of every row what becomes of it, why and by which key', async () => {
    const { file, link, people } = await open(100);
    await link(file('contacts.csv'));
    const lines = readFileSync(file('contacts.link.csv'), 'utf8').trimEnd().split('\r\n');
    expect(lines[0]).toBe('\uFEFFclass,contactId,lines,key,recordIds,writes,reason,meaning');
    expect(lines).toHaveLength(people.length + 1);
    expect(lines[1]).toMatch(/^ambiguous,c0000000-[\w-]+,2,mobile,\d+ \d+,,several-records,several fit: not linked: /);
    expect(lines.filter((line) => line.startsWith('matched,')).every((line) => line.includes(',key-agrees,'))).toBe(
      true,
    );
  });

  it('says which columns it read, and which key one side does not have: that one forbids nothing', async () => {
    const { file, link } = await open(20);
    const text = readFileSync(file('contacts.csv'), 'utf8');
    writeFileSync(file('cards.csv'), text.replaceAll('\r\n', ',K1\r\n').replace('邮箱,K1', '邮箱,会员卡号'));
    const { out } = await link(
      ...[file('cards.csv'), '--key', 'cardno,mobile', '--column', 'cardno=会员卡号', '--property', 'cardno=card_no'],
    );
    expect(out).toContain('Columns: id = 联系人ID, cardno = 会员卡号, mobile =');
    expect(out).toContain('Note: no record has the key cardno (card_no)');
  });

  it('speaks Chinese where the terminal does, in lines of 60 columns at most but for what is there to be copied', async () => {
    const { file, link, folder } = await open(100);
    const english = await link(file('contacts.csv'));
    const env = { LANG: 'zh_CN.UTF-8' };
    const files = { [file('crm.json')]: readFileSync(file('crm.json'), 'utf8') };
    const chinese = await run(['link', file('contacts.csv'), '--crm', file('crm.json')], { files, env });
    expect(chinese.out).toContain('将写入联系人 id');
    const columns = (line: string) => line.length + (line.match(/[\u2E80-\uFFEF]/g)?.length ?? 0);
    for (const { out } of [english, chinese])
      expect(out.split('\n').filter((line) => !line.includes(folder) && columns(line) > 60)).toEqual([]);
  });

  it('a plan that was edited, another CRM, another journal and a plan that has written are refused', async () => {
    const { file, link } = await open(40);
    await link(file('contacts.csv'));
    const plan = file('contacts.link.json');
    const text = readFileSync(plan, 'utf8');
    writeFileSync(plan, text.replace(/"contact":"c0000001/, '"contact":"c0000002'));
    expect(await link('--apply', plan)).toMatchObject({
      code: 2,
      err: expect.stringContaining('was changed since it was made'),
    });
    writeFileSync(plan, text);
    const files = { 'other.json': JSON.stringify({ crm: { kind: 'hubspot', token: 'x', idProperty: 'other' } }) };
    expect(await run(['link', '--apply', plan, '--crm', 'other.json'], { files, env: {} })).toMatchObject({
      code: 2,
      err: expect.stringContaining('made for another CRM'),
    });
    await link('--apply', plan);
    expect(await link(file('contacts.csv'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('needed to take them back'),
    });
    await link(file('contacts.csv'), '--out', file('new'));
    writeFileSync(file('new.journal'), readFileSync(file('contacts.link.journal')));
    expect(await link('--undo', file('new.json'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('journal of another plan'),
    });
  });

  it.each([
    [[], 'give one of these'],
    [['a.csv', '--apply', 'b.json'], 'give one of these'],
    [['missing.csv'], 'missing.csv cannot be read (ENOENT)'],
    [['missing.csv', '--country', 'China'], '--country is two letters'],
    [['missing.csv', '--key', 'cardno'], '--property cardno=NAME'],
  ])('%j is refused: %s', async (args, message) => {
    const { link } = await open(20);
    expect(await link(...args)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });

  it('for a CRM that is only told, matches a file of its records and makes one to import', async () => {
    const { file } = await open(20);
    const settings = { crm: { kind: 'http', endpoint: 'https://crm.example.com', secret: `whsec_${'A'.repeat(32)}` } };
    const world = { files: { 'http.json': JSON.stringify(settings) }, env: {} };
    writeFileSync(file('two.csv'), 'id,mobile\nA,13800138001\nB,13800138002\n');
    writeFileSync(file('records.csv'), '记录ID,手机,尘锋ID\nR1,+86 138 0013 8001,\nR2,13800138002,B\n');
    const args = ['link', file('two.csv'), '--crm', 'http.json'];
    expect(await run(args, world)).toMatchObject({ code: 2, err: expect.stringContaining('--records') });
    const { code, out } = await run([...args, '--records', file('records.csv')], world);
    expect([code, out]).toEqual([0, expect.stringContaining('Import this file')]);
    expect(readFileSync(file('two.link.import.csv'), 'utf8')).toBe('\uFEFFrecordId,contactId\r\nR1,A\r\n');
    expect(readFileSync(file('two.link.csv'), 'utf8')).toContain('linked,B,3,,R2,,id-on-record');
  });

  it('doctor --coverage counts the records that carry an id, and says where to begin; drift reports without a change', async () => {
    const { file, link, account } = await open(60);
    const files = { [file('crm.json')]: readFileSync(file('crm.json'), 'utf8') };
    const doctor = () => run(['doctor', '--crm', file('crm.json'), '--coverage'], { files, env: {} });
    expect((await doctor()).out).toMatch(/WARN {3}coverage: 0 of 56 records carry an id: the order is: fill/);
    await link(file('contacts.csv'));
    await link('--apply', file('contacts.link.json'));
    expect((await doctor()).out).toMatch(/ok {5}coverage: 54 of 56 records carry an id$/m);
    const writes = account.seen.filter(({ path: at }) => at.endsWith('/update')).length;
    const { code, out, err } = await run(['drift', file('contacts.csv'), '--crm', file('crm.json'), '--json'], {
      files,
      env: {},
    });
    expect([code, err]).toEqual([0, expect.stringContaining('the ledger was not asked')]);
    expect(JSON.parse(out).counts).toMatchObject({ linked: 54, unlinked: 0, 'id-twice': 0 });
    expect(readFileSync(file('contacts.drift.csv'), 'utf8')).toContain('\r\nlinked,c0000001-');
    expect(account.seen.filter(({ path: at }) => at.endsWith('/update'))).toHaveLength(writes);
  });

  it('doctor --coverage names an id that stands on two records', async () => {
    const lookalike = createSalesforceLookalike({ quirks: { idFieldNotUnique: true } });
    const { url, close } = await lookalike.listen();
    for (const id of ['A', 'B', 'B']) lookalike.seed(id);
    const crm = { kind: 'salesforce', instanceUrl: url, credentials: { token: lookalike.sessions.issue() } };
    const world = { files: { 'crm.json': JSON.stringify({ crm }) }, env: {} };
    const { out } = await run(['doctor', '--crm', 'crm.json', '--coverage'], world);
    await close();
    expect(out).toContain('coverage: 3 of 3 records carry an id');
    expect(out).toContain('WRONG  duplicates: 1 ids stand on more than one record (B)');
  });

  it('killed at any point and run again, ends with every id written once, and undoing clears them all', async () => {
    const { file, link, linked, account } = await open(400);
    await link(file('contacts.csv'));
    const plan = file('contacts.link.json');
    const { counts } = JSON.parse(readFileSync(plan, 'utf8'));
    account.fail({ on: /batch\/update/, when: 'after-effect', answer: 'silence', times: 1 });
    const bin = path.join(__dirname, '..', '..', 'lib', 'cli', 'bin.mjs');
    const child = spawn(process.execPath, [bin, 'link', '--apply', plan, '--crm', file('crm.json')], {
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.on('exit', (_code, signal) => resolve(signal)));
    while (!account.seen.some(({ path: at }) => at.endsWith('/batch/update')))
      await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    expect(linked()).toBe(100);
    const resumed = await link('--apply', plan, '--json');
    expect(JSON.parse(resumed.out)).toEqual({ written: counts.matched, skipped: {}, refused: {} });
    expect(linked()).toBe(counts.matched);
    expect(await link('--undo', plan)).toMatchObject({ code: 0, out: `${counts.matched} ids are cleared` });
    expect(linked()).toBe(0);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'stopped with %s while it writes, says where it stands, holds nothing, ends with %d, and goes on',
    async (signal, code) => {
      const { file, link, linked, account, folder } = await open(400);
      await link(file('contacts.csv'));
      const plan = file('contacts.link.json');
      const { counts } = JSON.parse(readFileSync(plan, 'utf8'));
      account.fail({ on: /batch\/update/, when: 'after-effect', answer: 'silence', times: 1 });
      const stopped = await stoppedOnce(['link', '--apply', plan, '--crm', file('crm.json')], signal, () =>
        account.seen.some(({ path: at }) => at.endsWith('/batch/update')),
      );
      const said = `merge-sync: stopped while writing ids, after 0 of ${counts.matched}: the same command goes on from there\n`;
      expect(stopped).toEqual({ code, out: '', err: said });
      expect(readdirSync(folder).filter((name) => name.endsWith('.lock'))).toEqual([]);
      expect(JSON.parse((await link('--apply', plan, '--json')).out)).toMatchObject({ written: counts.matched });
      expect(linked()).toBe(counts.matched);
    },
  );

  it('says that it waits for a write without an answer, in either language, and goes on at once when it has arrived', async () => {
    for (const [LANG, said] of [
      [
        'en',
        /^The CRM has not answered a write, which may still take effect: looks for (\d+) s at most, then goes on$/m,
      ],
      ['zh_CN.UTF-8', /^CRM 对一次写入没有答复，写入仍可能生效：最多再查看 (\d+) 秒，之后继续$/m],
    ] as const) {
      const { file, linked, account, folder } = await open(20);
      const files = { [file('crm.json')]: readFileSync(file('crm.json'), 'utf8') };
      const link = (...args: string[]) =>
        run(['link', ...args, '--crm', file('crm.json')], { files, env: { LANG }, now: Date.now });
      await link(file('contacts.csv'));
      account.fail({ on: /batch\/update/, when: 'before-effect', answer: 'hang-up', times: 1 });
      const applying = link('--apply', file('contacts.link.json'));
      // What had no answer takes effect after it was first looked for.
      const calls = () => account.seen.map(({ path: at }) => at.split('/').at(-1));
      while (!calls().includes('update') || calls().at(-1) === 'update')
        await new Promise((resolve) => setTimeout(resolve, 20));
      for (const { contact, record } of JSON.parse(readFileSync(file('contacts.link.json'), 'utf8')).links)
        account.portal.update(record, { [ID_PROPERTY]: contact });
      const { code, err } = await applying;
      expect([code, err]).toEqual([0, expect.stringMatching(said)]);
      expect(Number(err.match(said)?.[1])).toBeLessThanOrEqual(300);
      expect(linked()).toBeGreaterThan(10);
      expect(readdirSync(folder).filter((name) => name.endsWith('.lock'))).toEqual([]);
    }
  });

  it('a journal that cannot be read is said, nothing is written to the CRM, and nothing stays locked', async () => {
    const { file, link, linked, folder } = await open(20);
    await link(file('contacts.csv'));
    mkdirSync(file('contacts.link.journal'));
    expect(await link('--apply', file('contacts.link.json'))).toMatchObject({
      code: 2,
      err: `merge-sync: ${file('contacts.link.journal')} cannot be read (EISDIR)`,
    });
    expect(linked()).toBe(0);
    expect(readdirSync(folder).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  it('stopped with Ctrl-C while it reads, says that nothing was written, and leaves no file', async () => {
    const { file, account, folder } = await open(20);
    account.fail({ on: /\/contacts/, when: 'before-effect', answer: 'silence', times: 1 });
    const before = readdirSync(folder);
    const stopped = await stoppedOnce(
      ['link', file('contacts.csv'), '--crm', file('crm.json')],
      'SIGINT',
      () => account.seen.length > 0,
    );
    expect(stopped).toMatchObject({ code: 130, out: '' });
    expect(stopped.err).toContain(
      'merge-sync: stopped while reading records, after 0: nothing was written, the same command begins anew\n',
    );
    expect(readdirSync(folder)).toEqual(before);
  });
});

/** The real command in a process of its own, sent a signal once something has happened. */
async function stoppedOnce(args: string[], signal: NodeJS.Signals, hasHappened: () => boolean) {
  const bin = path.join(__dirname, '..', '..', 'lib', 'cli', 'bin.mjs');
  const child = spawn(process.execPath, [bin, ...args], { env: { PATH: process.env.PATH } });
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text.out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    text.err += chunk;
  });
  const code = new Promise((resolve) => child.on('close', (exit, by) => resolve(exit ?? by)));
  while (!hasHappened() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill(signal);
  return { code: await code, ...text };
}
