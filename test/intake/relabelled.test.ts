import { sealed } from '../dustess/sealing.ts';
import { BODY, envelope, openIntake, sealedAnew } from './intake-world.ts';

const NAMES = { event: 'CRM_MERGE', action: 'CRM_CONTACT_MERGED' };
const OTHER_NAMES = [
  { event: 'x', action: '' },
  { event: 'CRM_CONTACT', action: 'CRM_CONTACT_UPDATED' },
  { event: 'CRM_MERGE', action: 'CRM_CONTACT_UPDATED' },
  { event: 'CRM_CONTACT', action: 'CRM_CONTACT_MERGED' },
];
const UPDATE = { id: 's', remark: 'new' };
const captured = (content: object = BODY) => ({ ...sealed(JSON.stringify(content)) });
const PARKED = { state: 'parked', reason: 'names-differ', kind: 'merge' };
const isAlarm = { metric: 'parked', reason: 'names-differ' };

describe('promise 7: a merge that a stranger has sent before, under other names', () => {
  it.each(OTHER_NAMES)('is parked with an alarm, and goes on when the genuine one comes: %j', async (names) => {
    const { post, record, queued, lines } = openIntake();
    const body = captured();
    expect((await post({ id: 'e1', ...names, body })).status).toBe(200);
    expect(await record('e1')).toMatchObject(PARKED);
    expect(lines).toContainEqual(expect.objectContaining(isAlarm));
    expect(queued).toEqual([]);
    expect((await post({ id: 'e1', ...NAMES, body })).status).toBe(200);
    expect(await record('e1')).toMatchObject({ state: 'stored', kind: 'merge', name: 'CRM_MERGE/CRM_CONTACT_MERGED' });
    expect(await record('e1')).not.toHaveProperty('reason');
    expect(queued).toEqual(['acme/e1']);
  });

  it('and under another id: it goes on under that id', async () => {
    const { post, record, queued } = openIntake();
    const body = captured();
    await post({ id: 'stranger', event: 'x', body });
    await post({ id: 'e1', ...NAMES, body });
    expect(queued).toEqual(['acme/stranger']);
    expect(await record('e1')).toBeUndefined();
  });

  it('in plain text as in sealed: its names are not signed either', async () => {
    const { post, record } = openIntake({ plainText: { sources: ['203.0.113.9'] } });
    for (const [index, names] of OTHER_NAMES.entries()) {
      await post({ id: `e${index}`, ...names, body: { ...BODY, mergedIDs: [`a${index}`] } });
      expect(await record(`e${index}`)).toMatchObject(PARKED);
    }
  });

  it('is recognised in a copy that is sealed anew, and by twenty copies at once only once', async () => {
    const { post, record, open } = openIntake();
    await post({ id: 'e1', event: 'x', body: captured() });
    await Promise.all(Array.from({ length: 20 }, () => post({ id: 'e1', ...NAMES, body: sealedAnew(BODY) })));
    expect(await record('e1')).toMatchObject({ state: 'stored' });
    expect(await open()).toHaveLength(1);
  });

  it('between the genuine one’s first try, that failed, and its second', async () => {
    const { post, record, trouble, queued } = openIntake();
    const sent = { id: 'e1', ...NAMES, body: captured() };
    for (const failPut of [1, 2]) {
      trouble.failPut = failPut;
      expect((await post(sent)).status).toBe(503);
      trouble.failPut = 0;
    }
    await post({ ...sent, event: 'CRM_CONTACT' });
    expect((await post(sent)).status).toBe(200);
    expect(await record('e1')).toMatchObject({ state: 'stored' });
    expect(queued).toEqual(['acme/e1']);
  });

  it('and a stranger after the genuine one changes nothing', async () => {
    const { post, record, queued } = openIntake();
    const body = captured();
    await post({ id: 'e1', ...NAMES, body });
    const before = await record('e1');
    for (const names of OTHER_NAMES) expect((await post({ id: 'e1', ...names, body })).status).toBe(200);
    expect(await record('e1')).toEqual(before);
    expect(queued).toEqual(['acme/e1']);
  });
});

describe('what the names around a content are worth', () => {
  it.each([[{}], [{ event: 'CRM_MERGE' }], [{ action: 'CRM_CONTACT_MERGED' }], [{ event: 7, action: null }]])(
    'a merge under the names %j is a merge',
    async (names) => {
      const { post, record } = openIntake();
      await post({ id: 'e1', ...names, body: captured() });
      expect(await record('e1')).toMatchObject({ state: 'stored', kind: 'merge' });
    },
  );

  it('signed names decide: an envelope inside the ciphertext that names another event is ignored', async () => {
    const { post, record } = openIntake();
    const inner = { id: 'inner', event: 'CRM_CUSTOMER', action: 'CRM_CUSTOMER_MERGED', body: BODY };
    await post({ id: 'e1', ...NAMES, body: captured(inner) });
    expect(await record('inner')).toMatchObject({ state: 'ignored', name: 'CRM_CUSTOMER/CRM_CUSTOMER_MERGED' });
  });

  it('a merge inside a signed envelope is a merge, whatever stands around it', async () => {
    const { post, record } = openIntake();
    await post({ id: 'e1', event: 'x', action: 'y', body: captured({ id: 'inner', ...NAMES, body: BODY }) });
    expect(await record('inner')).toMatchObject({ state: 'stored' });
  });

  it('another event that a stranger calls a merge is kept for a human, never applied', async () => {
    const { post, record, queued } = openIntake();
    await post({ id: 'e1', ...NAMES, body: captured(UPDATE) });
    expect(await record('e1')).toMatchObject({ state: 'parked', reason: 'unreadable:mainID' });
    expect(queued).toEqual([]);
  });

  it('promise 7: a merge that cannot be read is not lost when a stranger called it something else first', async () => {
    const { post, record, payload, lines } = openIntake();
    const body = captured({ survivor: 's', losers: ['a'] });
    await post({ id: 'e1', event: 'x', body });
    expect(await record('e1')).toMatchObject({ state: 'ignored' });
    await post({ id: 'e1', ...NAMES, body });
    const parked = await record('e1');
    expect(parked).toMatchObject({ state: 'parked', reason: 'unreadable:mainID', kind: 'unreadable' });
    expect(lines).toContainEqual(expect.objectContaining({ metric: 'parked', reason: 'unreadable:mainID' }));
    expect(await payload(parked?.digest)).toBeDefined();
  });

  it('names are stored without what a terminal would obey', async () => {
    const { post, record } = openIntake();
    await post({ ...envelope('e1', UPDATE), event: '\u001b[2J', action: `${'x'.repeat(500)}😀` });
    expect((await record('e1'))?.name).toMatch(/^__2J\/x{128}$/);
  });
});

describe('promise 1: an echo and an event are never the same', () => {
  it.each(['1234567890', '"quoted"', 'x'.repeat(1024), '12.5', 'null', '', 'not { JSON'])(
    'a captured echo that is sent as an event is refused: %j',
    async (echo) => {
      const { post, verify, lines, open, record } = openIntake();
      const body = { ...sealed(echo) };
      expect(await verify({ ...body, echo_str: body.encrypt })).toEqual({ status: 200, body: echo });
      expect((await post({ id: 'e1', ...NAMES, body })).status).toBe(401);
      expect(lines.at(-1)).toMatchObject({ reason: 'not-an-event', metric: 'refused' });
      expect(await open()).toEqual([]);
      expect(await record('e1')).toBeUndefined();
    },
  );

  it.each([JSON.stringify(BODY), '[]', '{}', 'x'.repeat(1025)])(
    'an event is not answered as an echo: %#',
    async (text) => {
      const { post, verify, lines } = openIntake();
      const body = { ...sealed(text) };
      expect((await post({ id: 'e1', ...NAMES, body })).status).toBe(200);
      expect((await verify({ ...body, echo_str: body.encrypt })).status).toBe(401);
      expect(lines.at(-1)).toMatchObject({ reason: 'not-an-echo' });
    },
  );
});

describe('promise 10: the accounts of a tenant', () => {
  const of = (account: unknown) => ({ ...BODY, account });

  it.each([['W1'], ['7'], [7]])('let in what is signed for %j', async (account) => {
    const { post, record } = openIntake({ accounts: ['W1', '7'] });
    expect((await post(envelope('e1', of(account)))).status).toBe(200);
    expect(await record('e1')).toMatchObject({ state: 'stored' });
  });

  it.each([['W2'], [''], [null], [undefined], [['W1']]])(
    'refuse a merge of %j like any stranger’s',
    async (account) => {
      const { post, record, lines } = openIntake({ accounts: ['W1'] });
      expect(await post(envelope('e1', of(account)))).toEqual({ status: 401, body: '{"code":0,"msg":"处理失败"}' });
      expect(lines.at(-1)).toMatchObject({ reason: 'foreign-account', metric: 'refused' });
      expect(await record('e1')).toBeUndefined();
    },
  );

  it('let another kind of event pass that names none', async () => {
    const { post } = openIntake({ accounts: ['W1'] });
    expect((await post({ ...envelope('e1', UPDATE), event: 'CRM_CONTACT' })).status).toBe(200);
  });

  it('let what is not even an object pass: it is no merge, and names none', async () => {
    const { post } = openIntake({ accounts: ['W1'] });
    const body = { ...sealed('[1]') };
    expect((await post({ id: 'e1', event: 'CRM_CONTACT', action: 'CRM_CONTACT_UPDATED', body })).status).toBe(200);
  });

  it('left out, are any', async () => {
    const { post } = openIntake();
    expect((await post(envelope('e1', of('W2')))).status).toBe(200);
  });
});

describe('promise 4b: the time of a merge', () => {
  it.each([
    ['microseconds', 1_700_000_000_000_000],
    ['a year ahead', 1_795_521_600 + 365 * 86_400],
    ['two days ahead', 1_795_521_600 + 2 * 86_400],
  ])('that cannot be true is for a human: %s', async (_, triggerTs) => {
    const { post, record } = openIntake();
    expect((await post(envelope('e1', { ...BODY, triggerTs }))).status).toBe(200);
    expect(await record('e1')).toMatchObject({ state: 'parked', reason: 'unreadable:triggerTs' });
  });

  it('of plain text is compared with the time it came', async () => {
    const { post, record } = openIntake({ plainText: { sources: ['203.0.113.9'] } });
    await post({ ...envelope('e1'), body: { ...BODY, triggerTs: 1_795_521_600 + 2 * 86_400 } });
    expect(await record('e1')).toMatchObject({ state: 'parked', reason: 'unreadable:triggerTs' });
  });
});
