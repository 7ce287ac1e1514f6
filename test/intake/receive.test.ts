import { OTHER_KEYS, sealed } from '../dustess/sealing.ts';
import { BODY, DAY, envelope, NOW, openIntake } from './intake-world.ts';

const DONE = { status: 200, body: '{"code":1,"msg":"成功"}' };
const REFUSED = { status: 401, body: '{"code":0,"msg":"处理失败"}' };
const SECRET = 'a-path-that-cannot-be-guessed';
const UPDATE = { id: 's', remark: 'new', mobiles: [] };
const UPDATED = { event: 'CRM_CONTACT', action: 'CRM_CONTACT_UPDATED' };
const plain = (id: string, body: object = BODY) => ({ ...envelope(id), body });

describe('promise 1: authentic', () => {
  const strange: [string, object, string][] = [
    ['bad-signature', { ...envelope('e1'), body: { ...sealed('{}'), msgSignature: '0'.repeat(40) } }, 'acme'],
    ['bad-signature', { ...envelope('e1'), body: { ...sealed('{}', { keys: OTHER_KEYS }) } }, 'acme'],
    ['foreign-receive-id', { ...envelope('e1'), body: { ...sealed('{}', { receiveId: 'another-company' }) } }, 'acme'],
    ['too-old', { ...envelope('e1'), body: { ...sealed('{}', { timestamp: String(NOW / 1000 - 86_401) }) } }, 'acme'],
    ['plain-text-off', plain('e1'), 'acme'],
    ['unknown-tenant', envelope('e1'), 'stranger'],
    ['unknown-tenant', envelope('e1'), '__proto__'],
  ];

  it.each(strange)('%s: one answer, a reason in the log, nothing stored or queued', async (reason, body, tenant) => {
    const { post, lines, queued, record, open } = openIntake();
    expect(await post(body, { tenant })).toEqual(REFUSED);
    expect(lines).toMatchObject([{ message: 'callback refused', reason, metric: 'refused' }]);
    expect(queued).toEqual([]);
    expect(await open()).toEqual([]);
    expect(await record('e1')).toBeUndefined();
  });

  it.each(['', 'not json', '[]', '{"body":7}', '{"body":"bGVnYWN5"}'])(
    'what is no envelope (%s) is refused',
    async (text) => {
      const { postText, queued } = openIntake();
      expect(await postText(text)).toEqual(REFUSED);
      expect(queued).toEqual([]);
    },
  );

  it('bytes that are no UTF-8 are refused, rather than kept as other characters', async () => {
    const { postText, queued, open } = openIntake({ plainText: { sources: ['198.51.100.7'] } });
    const text = JSON.stringify(plain('e1', { ...BODY, changed: { remark: '好?' } }));
    const bytes = Buffer.from(text);
    bytes[bytes.indexOf('?')] = 0xff;
    expect(await postText(bytes, { base64: true, sourceIp: '198.51.100.7' })).toEqual(REFUSED);
    expect([queued, await open()]).toEqual([[], []]);
    expect(await postText(`\uFEFF${text}`, { base64: true, sourceIp: '198.51.100.7' })).toEqual(DONE);
  });

  it('plain text needs the secret in the path, where that is its second factor', async () => {
    const { post, record } = openIntake({ plainText: { secret: SECRET } });
    expect(await post(plain('e1'))).toEqual(REFUSED);
    expect(await post(plain('e1'), { secret: `${SECRET}x` })).toEqual(REFUSED);
    expect(await record('e1')).toBeUndefined();
    expect(await post(plain('e1'), { secret: SECRET })).toEqual(DONE);
    expect(await record('e1')).toMatchObject({ state: 'stored' });
  });

  it('plain text needs both factors where both are set', async () => {
    const { post } = openIntake({ plainText: { secret: SECRET, sources: ['198.51.100.7'] } });
    expect(await post(plain('e1'), { secret: SECRET })).toEqual(REFUSED);
    expect(await post(plain('e1'), { sourceIp: '198.51.100.7' })).toEqual(REFUSED);
    expect(await post(plain('e1'), { sourceIp: '198.51.100.7', secret: SECRET })).toEqual(DONE);
  });
});

describe('promise 2: durable before acknowledged', () => {
  it('code 1 means stored and queued', async () => {
    const { post, record, queued, payload } = openIntake();
    expect(await post(envelope('e1'))).toEqual(DONE);
    const stored = await record('e1');
    expect(stored).toMatchObject({
      eventId: 'e1',
      kind: 'merge',
      state: 'stored',
      receivedAt: NOW,
      plan: 0,
    });
    expect(queued).toEqual(['acme/e1']);
    expect(await payload(stored?.digest)).toMatchObject({ event: 'CRM_MERGE', body: { mainID: 's' }, sentAt: NOW });
  });

  it('a queue that fails: code 1 all the same, for reconcile will find it after its grace', async () => {
    const { post, record, trouble, open } = openIntake();
    trouble.queue = true;
    expect(await post(envelope('e1'))).toEqual(DONE);
    expect(await record('e1')).toMatchObject({ state: 'stored' });
    expect(await open()).toEqual([{ id: 'e1', at: NOW + 60_000 }]);
  });

  it.each([1, 2])('a store that fails at write %i: code 0, and the sender’s next try completes it', async (failPut) => {
    const { post, record, queued, payload, trouble } = openIntake();
    trouble.failPut = failPut;
    const sent = envelope('e1');
    expect(await post(sent)).toEqual({ status: 503, body: REFUSED.body });
    expect(await record('e1')).toBeUndefined();
    trouble.failPut = 0;
    expect(await post(sent)).toEqual(DONE);
    const stored = await record('e1');
    expect(stored).toMatchObject({ state: 'stored' });
    expect(await payload(stored?.digest)).toBeDefined();
    expect(queued).toEqual(['acme/e1']);
  });

  it('a queue that fails, and then the record too: code 1, and reconcile looks at it later', async () => {
    const { post, record, trouble, open } = openIntake();
    trouble.queue = true;
    trouble.failPut = 3;
    expect(await post(envelope('e1'))).toEqual(DONE);
    expect(await record('e1')).toMatchObject({ state: 'stored' });
    expect(await open()).toEqual([{ id: 'e1', at: NOW + 3_600_000 }]);
  });

  it('a record that is written after its message may have come: the message is sent again', async () => {
    const { post, trouble, clock, messages } = openIntake();
    trouble.onPut = () => {
      clock.now += 800;
    };
    await post(envelope('e1'));
    expect(messages).toEqual([
      { event: 'acme/e1', delaySeconds: 1 },
      { event: 'acme/e1', delaySeconds: 0 },
    ]);
  });
});

describe('what else is received', () => {
  it('a genuine event of another kind: code 1, recorded as ignored, its content not kept', async () => {
    const { post, record, queued, payload } = openIntake();
    expect(await post(envelope('e1', UPDATE, UPDATED))).toEqual(DONE);
    const stored = await record('e1');
    expect(stored).toMatchObject({ state: 'ignored', reason: 'not-a-merge', kind: 'other' });
    expect(await payload(stored?.digest)).toBeUndefined();
    expect(queued).toEqual([]);
  });

  it.each([
    ['mainID', { ...BODY, mainID: null }],
    ['mergedIDs', { ...BODY, mergedIDs: 'a' }],
    ['triggerTs', { ...BODY, triggerTs: 'soon' }],
  ])('promise 7: a merge without a readable %s: code 1, kept and parked with an alarm', async (field, body) => {
    const { post, record, queued, payload, lines } = openIntake();
    expect(await post(envelope('e1', body))).toEqual(DONE);
    const stored = await record('e1');
    expect(stored).toMatchObject({ state: 'parked', reason: `unreadable:${field}` });
    expect(await payload(stored?.digest)).toBeDefined();
    expect(queued).toEqual([]);
    expect(lines).toContainEqual(expect.objectContaining({ metric: 'parked' }));
  });

  it('promise 11: fields the tenant leaves out are not even stored', async () => {
    const { post, record, payload } = openIntake();
    await post(envelope('e1'));
    const kept = await payload((await record('e1'))?.digest);
    expect(kept).toMatchObject({ body: { changed: { remark: 'new' } } });
    expect(JSON.stringify(kept)).not.toContain('110101199001011234');
  });

  it('a body that API Gateway calls binary is read as the text it is', async () => {
    const { post, record } = openIntake();
    expect(await post(envelope('张#1'), { base64: true })).toEqual(DONE);
    expect(await record('张#1')).toMatchObject({ state: 'stored' });
  });

  it('promise 7: a body as large as Lambda lets in is kept whole', async () => {
    const { post, record, payload } = openIntake();
    const remark = '张三'.repeat(500_000);
    expect(await post(envelope('e1', { ...BODY, changed: { remark } }))).toEqual(DONE);
    const kept = await payload((await record('e1'))?.digest);
    expect(kept?.body).toMatchObject({ changed: { remark } });
  });

  it('promise 10: the same id at two tenants is two events', async () => {
    const { post, record, queued } = openIntake();
    await post(envelope('e1'));
    await post(envelope('e1'), { tenant: 'outlet' });
    expect(queued).toEqual(['acme/e1', 'outlet/e1']);
    expect((await record('e1'))?.digest).not.toBe((await record('e1', 'outlet'))?.digest);
  });

  it('promise 11: no line of the log tells a value', async () => {
    const { post, postText, lines, trouble } = openIntake();
    await post(envelope('e1', { ...BODY, changed: { remark: 'Zhang' } }));
    await post({ ...plain('e2'), body: { ...BODY, changed: { remark: 'Zhang' } } });
    await postText('{"Zhang":');
    trouble.failPut = 1;
    await post(envelope('e3', { ...BODY, changed: { remark: 'Zhang' } }));
    expect(lines).toHaveLength(4);
    expect(JSON.stringify(lines)).not.toMatch(/Zhang|110101199001011234/);
  });

  it('payloads end with their retention, the fact does not', async () => {
    const { post, record, payload, clock } = openIntake();
    await post(envelope('e1'));
    const digest = (await record('e1'))?.digest;
    clock.now += 90 * DAY;
    expect(await payload(digest)).toBeUndefined();
    expect(await record('e1')).toMatchObject({ eventId: 'e1' });
  });
});
