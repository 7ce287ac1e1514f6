import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import {
  ACCEPTED,
  addContact,
  eventually,
  getJson,
  mergeBody,
  post,
  REFUSED,
  sealedEnvelope,
  verifyUrl,
  viewEvent,
} from './sender.ts';
import { cleanEnv, killAll, type StackProcess, startStack } from './stack-process.ts';

jest.setTimeout(240_000);

let stack: StackProcess;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => {
  await stack?.end();
  killAll();
});

const printed = (name: string) => new RegExp(`export ${name}=(\\S+)`).exec(stack.stdout())?.[1] ?? '';
const printedKeys = () => ({
  token: printed('DUSTESS_TOKEN'),
  encodingAesKey: printed('DUSTESS_ENCODING_AES_KEY'),
  receiveId: printed('DUSTESS_RECEIVE_ID'),
});

describe('the first run, with nothing configured', () => {
  it('tells what came, what was verified, the CRM before and after, and what to try next', () => {
    const told = stack.stdout();
    expect(told).toMatch(/1 {2}尘锋 saved the callback URL: its sealed echo was opened and answered/);
    expect(told).toMatch(/2 {2}尘锋 merged two contacts.* encrypted and signed/);
    expect(told).toMatch(/3 {2}signature, padding, receiveId and age are right.*\{"code":1,"msg":"成功"\}/);
    expect(told).toMatch(/4 {2}applied after \d\.\d\d s; calls at the CRM: 1/);
    expect(told).toMatch(/customFields\.field10 自定义字段 +2023 VIP +– {2}←/);
    expect(told).toMatch(/memberLevel +– +gold {2}←/);
    expect(told).toMatch(/loser 被合并 +gone: merged into the survivor/);
    expect(told.match(/^ {2}npx merge-sync /gm)).toHaveLength(5);
    expect(stack.stderr()).toBe('');
  });

  it('prints keys that the callback takes', async () => {
    const callback = `${stack.url}/callback/local`;
    expect(await verifyUrl(callback, 'echo', printedKeys())).toEqual({ status: 200, text: 'echo' });
    expect(await post(callback, sealedEnvelope('with-printed-keys', mergeBody('x', ['y']), printedKeys()))).toEqual(
      ACCEPTED,
    );
  });

  it('refuses plain text: it is off unless it was switched on', async () => {
    expect(await post(`${stack.url}/callback/local`, JSON.stringify(SAMPLE_ENVELOPE))).toEqual(REFUSED);
  });

  it('has the sample in the ledger and its effect in the demo CRM', async () => {
    expect(await viewEvent(stack.url, SAMPLE_ENVELOPE.id)).toMatchObject({ state: 'applied' });
    const { pairs } = await getJson<{ pairs: unknown[] }>(`${stack.demoUrl}/merges`);
    const [survivorId, loserId] = [SAMPLE_ENVELOPE.body.mainID, (SAMPLE_ENVELOPE.body.mergedIDs as string[])[0]];
    expect(pairs).toEqual([{ survivorId, loserId, effects: 1 }]);
  });

  it('shows contacts and merges on one page of its own, in Chinese and English', async () => {
    const response = await fetch(`${stack.demoUrl}/`);
    const page = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    for (const text of [
      'Contacts',
      '联系人',
      'Merges',
      '合并记录',
      'eaasdadasd',
      '电话号码',
      'gold',
      SAMPLE_ENVELOPE.id,
    ])
      expect(page).toContain(text);
    // No address but those of the console, each of which opens it once.
    expect(page).not.toMatch(/<script|\bsrc=|\bhref=(?!"http:\/\/127\.0\.0\.1:\d+\/\?t=)|@import|url\(/);
    expect(page).toMatch(/<th>survivor 主联系人<\/th><th>loser 被合并<\/th><th>after 合并后<\/th>/);
    const [, href = ''] = /href="([^"]+)"/.exec(page) ?? [];
    const opened = await fetch(href, { redirect: 'manual' });
    expect(opened.headers.get('location')).toMatch(/^\/local\/events\//);
  });

  it('promise 11: tells a line an event, without a word about the people in it', async () => {
    const people = ['13912345678', '欧阳测试', '110101199003078888'];
    const [mobile = '', name = '', idCard = ''] = people;
    const person = { remark: name, mobiles: [mobile], idCard };
    const body = mergeBody('p', ['q'], { changed: person, old: person, mergedContacts: [person] });
    const callback = `${stack.url}/callback/local`;
    await addContact(stack.demoUrl, 'p', person);
    await post(callback, sealedEnvelope('told', body, printedKeys()));
    await eventually(stack.url, 'told', ['applied']);
    await post(callback, sealedEnvelope('unread', { ...body, mainID: person }, printedKeys()));
    await post(callback, JSON.stringify({ id: 'unsigned', body: person }));
    const told = stack.stdout();
    expect(told).toMatch(/event finished {2}local\/told {2}applied/);
    expect(told).toMatch(/event state changed {2}local\/unread {2}parked {2}unreadable:mainID/);
    expect(told).toMatch(/callback refused {2}local {2}plain-text-off/);
    expect(people.filter((text) => (told + stack.stderr()).includes(text))).toEqual([]);
  });

  it('prints commands that work as they stand', async () => {
    const commands = stack.stdout().match(/^ {2}npx merge-sync .*$/gm) ?? [];
    const keys = (stack.stdout().match(/^ {4}export .*$/gm) ?? []).join('\n');
    const [own, repeated, shown, plain, outcomes] = await Promise.all(
      commands.map((command) => shell(`${keys}\n${command}`)),
    );
    expect(repeated).toMatchObject({ code: 0 });
    expect(repeated?.output.match(/← 200/g)).toHaveLength(3);
    expect(plain?.code).not.toBe(0);
    expect(plain?.output).toContain('401');
    expect(shown).toMatchObject({ code: 0, output: expect.stringContaining('applied') });
    expect(own).toMatchObject({ code: 0, output: expect.stringContaining('demo CRM: A, B made') });
    expect(outcomes).toMatchObject({ code: 0, output: expect.stringContaining(SAMPLE_ENVELOPE.id) });
    expect(await viewEvent(stack.url, SAMPLE_ENVELOPE.id)).toMatchObject({ state: 'applied' });
  });
});

/** The package's own command, as npx finds it in a checkout. */
async function shell(script: string): Promise<{ code: number; output: string }> {
  const local = script.replaceAll('npx merge-sync', `${process.execPath} lib/cli/bin.mjs`);
  const child = spawn('sh', ['-c', local], { env: cleanEnv({}), stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  const [code] = await once(child, 'close');
  return { code, output };
}

describe('the first run in a Chinese terminal', () => {
  it('is told in Chinese, from the same table of sentences', async () => {
    const chinese = await startStack({ LANG: 'zh_CN.UTF-8' });
    await chinese.end();
    expect(chinese.stdout()).toMatch(/1 {2}尘锋保存回调地址：密文已解开，并原样返回/);
    expect(chinese.stdout()).toMatch(/秒后已合并；调用 CRM 1 次/);
    expect(chinese.stdout()).toMatch(/^已就绪（[\d.]+ 秒）/m);
    expect(chinese.stdout()).not.toMatch(/Ready|What just happened/);
  });
});
