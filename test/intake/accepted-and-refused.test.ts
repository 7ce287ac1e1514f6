import { createHash } from 'node:crypto';
import { BODY, envelope, openIntake, sealedAnew } from './intake-world.ts';

const NAMES = { event: 'CRM_MERGE', action: 'CRM_CONTACT_MERGED' };

describe('what the log says of a callback', () => {
  it('a message that the queue did not take is left to reconcile, with its event and the cause', async () => {
    const { post, lines, trouble } = openIntake();
    trouble.queue = true;
    await post(envelope('e1'));
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: 'left to reconcile',
        tenant: 'acme',
        eventId: 'e1',
        problem: 'SQS: send failed (TimeoutError)',
        metric: 'left-to-reconcile',
      }),
    );
  });

  it('another content under a taken id: which id it got, and whose it asked for', async () => {
    const { post, lines } = openIntake();
    await post(envelope('e1'));
    await post(envelope('e1'));
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: 'event kept under another id',
        tenant: 'acme',
        eventId: expect.stringMatching(/^sha256-/),
        problem: 'the id names another event: e1',
        metric: 'repeat-differs',
      }),
    );
    expect(lines.filter(({ message }) => message === 'callback accepted')).toMatchObject([
      { eventId: 'e1', state: 'stored' },
      { eventId: expect.stringMatching(/^sha256-/), state: 'stored' },
    ]);
  });

  it('a copy that shows what an ignored content is, is no repeat', async () => {
    const { post, lines } = openIntake();
    const content = { mainless: true };
    await post({ id: 'e1', event: 'CRM_CONTACT', action: 'x', body: sealedAnew(content) });
    await post({ id: 'e1', ...NAMES, body: sealedAnew(content) });
    await post({ id: 'e1', ...NAMES, body: sealedAnew(content) });
    expect(lines.filter(({ message }) => message === 'callback accepted')).toMatchObject([
      { eventId: 'e1', state: 'ignored' },
      { eventId: 'e1', state: 'parked' },
      { eventId: 'e1', state: 'repeat' },
    ]);
  });

  it('a repeat', async () => {
    const { post, lines } = openIntake();
    for (const id of ['e1', 'e1', 'e2']) await post({ id, ...NAMES, body: sealedAnew(BODY) });
    expect(lines.filter(({ message }) => message === 'callback accepted')).toMatchObject([
      { tenant: 'acme', eventId: 'e1', state: 'stored' },
      { tenant: 'acme', eventId: 'e1', state: 'repeat' },
      { tenant: 'acme', eventId: 'e1', state: 'repeat' },
    ]);
  });
});

describe('which callbacks are the tenant’s own', () => {
  const NOT_OURS = { status: 401, body: '{"code":0,"msg":"处理失败"}' };
  const reasons = (lines: { message?: unknown; reason?: unknown }[]) =>
    lines.filter(({ message }) => message === 'callback refused').map(({ reason }) => reason);

  it('with accounts set: those of another account are refused, and merges of none; other events of none are not', async () => {
    const { post, lines, record } = openIntake({ accounts: ['W1'] });
    expect(await post({ id: 'e1', ...NAMES, body: sealedAnew({ ...BODY, account: 'W2' }) })).toEqual(NOT_OURS);
    expect(await post({ id: 'e2', event: 'x', body: sealedAnew({ account: 'W2' }) })).toEqual(NOT_OURS);
    expect(await post({ id: 'e3', ...NAMES, body: sealedAnew(BODY) })).toEqual(NOT_OURS);
    expect(reasons(lines)).toEqual(['foreign-account', 'foreign-account', 'foreign-account']);
    expect((await post({ id: 'e4', ...NAMES, body: sealedAnew({ ...BODY, account: 'W1' }) })).status).toBe(200);
    expect((await post({ id: 'e5', event: 'x', body: sealedAnew({ remark: 'r' }) })).status).toBe(200);
    expect(await record('e5')).toMatchObject({ state: 'ignored' });
  });

  it('a URL of no tenant is not verified', async () => {
    const { verify, lines } = openIntake();
    expect(await verify({}, 'stranger')).toEqual(NOT_OURS);
    expect(reasons(lines)).toEqual(['unknown-tenant']);
  });

  it('plain text without the second factor is refused for that', async () => {
    const { post, lines } = openIntake({ plainText: { secret: 's'.repeat(24) } });
    expect(await post({ id: 'e1', ...NAMES, body: BODY })).toEqual(NOT_OURS);
    expect(reasons(lines)).toEqual(['plain-text-second-factor']);
  });
});

describe('what is none of our business', () => {
  const remark = { remark: 'personal' };

  it('is a content that nothing calls a merge; without any name, too', async () => {
    const { post, record } = openIntake();
    await post({ id: 'e1', body: sealedAnew(remark) });
    expect(await record('e1')).toMatchObject({ state: 'ignored' });
  });

  it('promise 11: is not kept, under whatever ids it comes', async () => {
    const { post, payload } = openIntake();
    for (const id of ['e1', 'e2', 'e1'])
      await post({ id, event: 'CRM_CONTACT', action: 'x', body: sealedAnew(remark) });
    const digest = createHash('sha256').update(JSON.stringify(remark)).digest('hex');
    expect(await payload(digest)).toBeUndefined();
  });

  it('a merge that cannot be read raises the alarm by its id and reason', async () => {
    const { post, lines } = openIntake();
    await post({ id: 'e1', ...NAMES, body: sealedAnew(remark) });
    expect(lines).toContainEqual(
      expect.objectContaining({
        message: 'event state changed',
        tenant: 'acme',
        eventId: 'e1',
        state: 'parked',
        reason: 'unreadable:mainID',
        metric: 'parked',
      }),
    );
  });
});
