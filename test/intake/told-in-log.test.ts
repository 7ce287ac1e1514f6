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
