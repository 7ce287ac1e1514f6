import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import { openCallback } from '../../lib/intake/open-callback.ts';
import { INTAKE, NOW, OTHER_KEYS, RECEIVE_ID, sealed } from '../dustess/sealing.ts';
import { run } from './console.ts';
import { startReceiver } from './receiver.ts';

const BODY = { mainID: 'a', mergedIDs: ['b'], triggerTs: 1 };
const EVENT = { id: 'event-1', event: 'CRM_MERGE', action: 'CRM_CONTACT_MERGED', body: BODY };

let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  receiver = await startReceiver(() => NOW);
});
beforeEach(() => {
  receiver.delivered.length = 0;
  receiver.requests.length = 0;
  delete receiver.script.answer;
});
afterAll(() => receiver.close());

const send = (args: string[] = [], world: Parameters<typeof run>[1] = {}) =>
  run(['send', '--url', receiver.callback, ...args], world);

describe('merge-sync send', () => {
  it('seals the sample merge of 尘锋’s page as 尘锋 does and posts it', async () => {
    const { code, out, err } = await send();
    expect(receiver.delivered).toMatchObject([SAMPLE_ENVELOPE]);
    expect(receiver.delivered[0]?.encrypt).toMatch(/=$/);
    expect(receiver.requests[0]).toMatchObject({ method: 'POST', url: '/callback/local' });
    expect(receiver.requests[0]?.headers['content-type']).toMatch(/^application\/json/);
    expect(Object.keys(JSON.parse(receiver.requests[0]?.body ?? ''))).toEqual(['id', 'event', 'action', 'body']);
    expect(out).toMatch(
      new RegExp(
        `^→ 127.0.0.1:\\d+: event ${SAMPLE_ENVELOPE.id}, CRM_MERGE/CRM_CONTACT_MERGED, encrypted and signed\n` +
          '← 200, code 1, 0 ms: accepted$',
      ),
    );
    expect([code, err]).toEqual([0, '']);
  });

  it('takes an event from a file, and from stdin', async () => {
    const text = JSON.stringify(EVENT);
    expect(await send(['event.json'], { files: { 'event.json': text } })).toMatchObject({ code: 0 });
    expect(await send(['-'], { stdin: `\uFEFF${text}\n` })).toMatchObject({ code: 0 });
    expect(receiver.delivered).toMatchObject([EVENT, EVENT]);
  });

  it('takes the body of a merge alone, under a fresh id', async () => {
    await send(['-'], { stdin: JSON.stringify(BODY) });
    await send(['-'], { stdin: JSON.stringify(BODY) });
    const ids = receiver.delivered.map(({ id }) => id);
    expect(receiver.delivered).toMatchObject([
      { ...EVENT, id: ids[0] },
      { ...EVENT, id: ids[1] },
    ]);
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(ids[1]).not.toBe(ids[0]);
  });

  it('sends any other event of the sender’s as well', async () => {
    const other = { id: 'event-2', event: 'CRM_CONTACT', action: 'CREATE', body: { name: '好' } };
    await send(['-'], { stdin: JSON.stringify(other) });
    expect(receiver.delivered).toMatchObject([other]);
  });

  it('sends a captured callback as it is, under another id if asked to', async () => {
    const captured = { ...EVENT, body: sealed(JSON.stringify(BODY)) };
    expect(await send(['-'], { stdin: JSON.stringify(captured), env: {} })).toMatchObject({ code: 0 });
    await send(['-', '--id', 'another'], { stdin: JSON.stringify(captured), env: {} });
    const { encrypt } = captured.body;
    expect(receiver.delivered).toEqual([
      { ...EVENT, encrypt },
      { ...EVENT, id: 'another', encrypt },
    ]);
  });

  it.each(['', 'a\u0007b', 'x'.repeat(600), `sha256-${'0'.repeat(64)}`])(
    'says under which id the service knows an event that is sent under one it does not keep (%j)',
    async (id) => {
      const { code, out, err } = await send(['-', '--id', id, '--json'], { stdin: JSON.stringify(EVENT) });
      const callback = { tenant: 't', sourceAddress: '', body: receiver.requests[0]?.body ?? '' };
      const settings = { ...INTAKE, omitFields: [] };
      const { eventId } = openCallback(callback, settings, NOW);
      expect(JSON.parse(out).id).toBe(eventId);
      expect(err).toBe(`the service keeps no such id: it knows the event as ${eventId}`);
      expect(code).toBe(0);
    },
  );

  it('repeats the same event, sealed anew each time', async () => {
    const { code, out } = await send(['--repeat', '3', '--id', 'again']);
    expect(receiver.delivered.map(({ id }) => id)).toEqual(['again', 'again', 'again']);
    expect(new Set(receiver.delivered.map(({ encrypt }) => encrypt)).size).toBe(3);
    expect(out.match(/^← 200, code 1/gm)).toHaveLength(3);
    expect(code).toBe(0);
  });

  it('sends plain text with --plain, and needs no keys for it', async () => {
    expect(await send(['--plain'], { env: {} })).toMatchObject({ code: 0, out: expect.stringContaining('plain text') });
    expect(receiver.delivered).toMatchObject([SAMPLE_ENVELOPE]);
    expect(JSON.parse(receiver.requests[0]?.body ?? '')).toEqual(SAMPLE_ENVELOPE);
  });

  it('prefers options to the environment', async () => {
    receiver.script.answer = () => ({ status: 401, body: '{"code":0,"msg":"处理失败"}' });
    await send(['--token', OTHER_KEYS.token, '--aes-key', OTHER_KEYS.encodingAesKey, '--receive-id', 'other']);
    const posted = receiver.requests[0]?.body ?? '';
    const env = { DUSTESS_TOKEN: OTHER_KEYS.token, DUSTESS_ENCODING_AES_KEY: OTHER_KEYS.encodingAesKey };
    const opened = await run(['decrypt', '--json'], { stdin: posted, env });
    expect(JSON.parse(opened.out)).toMatchObject({ ...SAMPLE_ENVELOPE, receiveId: 'other' });
  });

  it('says the outcome of each delivery with --json', async () => {
    receiver.script.answer = () => (receiver.requests.length === 2 ? { status: 503, body: 'busy' } : undefined);
    const { code, out } = await send(['--json', '--repeat', '3', '--id', 'event-9']);
    expect(JSON.parse(out)).toEqual({
      accepted: false,
      id: 'event-9',
      answers: [
        { status: 200, code: 1, ms: 0 },
        { status: 503, code: null, ms: 0 },
        { status: 200, code: 1, ms: 0 },
      ],
    });
    expect(code).toBe(1);
  });
});

describe('whatever is not code 1 with 200 is a refusal: exit code 1, and what it means', () => {
  it.each([
    [200, '{"code":0,"msg":"处理失败"}', 'code 0'],
    [200, 'success', 'this is not how a callback receiver answers'],
    [200, '', 'this is not how a callback receiver answers'],
    [200, '[{"code":1}]', 'this is not how a callback receiver answers'],
    [200, '{"code":"1"}', 'this is not how a callback receiver answers'],
    [201, '{"code":1}', 'HTTP 201'],
    [302, '', 'redirects'],
    [400, '{"code":0}', 'cannot read this callback'],
    [401, '{"code":0}', 'compare token, AES key, receiveId, clock'],
    [403, 'Forbidden', 'firewall'],
    [404, '{"message":"Not Found"}', 'ends in /callback/'],
    [413, '', 'larger than the gateway takes'],
    [429, '', 'try again'],
    [503, '{"code":0}', 'try again'],
    [503, '{"code":1}', 'try again'],
  ])('%d %s', async (status, body, meaning) => {
    receiver.script.answer = () => ({ status, body, headers: { location: `${receiver.url}/elsewhere` } });
    const { code, err, out } = await send();
    expect(err).toMatch(/^merge-sync: the callback was not accepted: /);
    expect(err).toContain(meaning);
    expect(out).toMatch(/refused$/);
    expect(receiver.requests).toHaveLength(1);
    expect(code).toBe(1);
  });

  it('no answer: which address, why, and how to start one', async () => {
    receiver.script.answer = () => 'hang-up';
    const { code, err } = await send();
    expect(err).toMatch(/^merge-sync: no answer from 127\.0\.0\.1:\d+ \(\w+\): .*npm start/);
    expect(code).toBe(1);
  });

  it('no server at the address', async () => {
    const gone = await startReceiver(() => NOW);
    await gone.close();
    const { code, err } = await run(['send', '--url', gone.callback]);
    expect(err).toContain('(ECONNREFUSED)');
    expect(code).toBe(1);
  });

  it('an answer that breaks off is none', async () => {
    receiver.script.answer = () => 'hang-up-in-body';
    expect(await send()).toMatchObject({ code: 1, err: expect.stringContaining('no answer from') });
  });
});

describe('what is no callback is not sent: exit code 2', () => {
  it.each([
    ['not JSON', 'not a callback'],
    ['[]', 'not a callback'],
    ['{"id":"x"}', 'not a callback (unreadable-envelope)'],
    ['{"body":"b2xk"}', 'not a callback (legacy-scheme)'],
    ['{"body":{"encrypt":"x"}}', 'not a callback (missing-signature-fields)'],
  ])('%s', async (stdin, problem) => {
    const { code, err } = await send(['-'], { stdin });
    expect(err).toContain(problem);
    expect(receiver.requests).toHaveLength(0);
    expect(code).toBe(2);
  });

  it('a captured callback as plain text', async () => {
    const stdin = JSON.stringify({ ...EVENT, body: sealed('{}') });
    const { code, err } = await send(['-', '--plain'], { stdin });
    expect(err).toContain('leave out --plain');
    expect([code, receiver.requests.length]).toEqual([2, 0]);
  });
});

it('promise 11: never prints what is in the event', async () => {
  const body = { ...BODY, changed: { idCard: '330102199001011234' } };
  for (const status of [200, 401]) {
    receiver.script.answer = () => ({ status, body: '330102199001011234' });
    const { out, err } = await send(['-'], { stdin: JSON.stringify({ ...EVENT, body }) });
    expect(out + err).not.toMatch(/330102/);
    expect(out + err).not.toContain(RECEIVE_ID);
  }
});
