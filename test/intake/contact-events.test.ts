import { envelope, openIntake } from './intake-world.ts';

const NAMES = { event: 'CRM_CONTACT', action: 'CRM_CONTACT_UPDATED' };
const CONTACT = { id: 'c1', changed: { mobiles: ['13900000000'] } };

describe('promise 12: an event about one contact', () => {
  it('is stored, queued at once and shown as such, where the settings ask for such events', async () => {
    const { post, record, queued, requests, lines } = openIntake({ contactEvents: true });
    expect((await post(envelope('e1', CONTACT, NAMES))).status).toBe(200);
    expect(await record('e1')).toMatchObject({ kind: 'contact', state: 'stored' });
    expect(queued).toEqual(['acme/e1']);
    expect(requests).toEqual(['put content', 'put event']);
    expect(lines.at(-1)).toMatchObject({ eventId: 'e1', state: 'stored' });
  });

  it('costs the sender no more time than a merge: its message is sent beside its record', async () => {
    const { post, messages, requests } = openIntake({ contactEvents: true });
    await post(envelope('e1'));
    const merge = [messages.splice(0), requests.splice(0)];
    const { post: again, messages: sent, requests: made } = openIntake({ contactEvents: true });
    await again(envelope('e1', CONTACT, NAMES));
    expect([sent, made]).toEqual(merge);
  });

  it('is ignored where they do not', async () => {
    for (const settings of [{}, { contactEvents: false }]) {
      const { post, record, queued } = openIntake(settings);
      await post(envelope('e1', CONTACT, NAMES));
      expect(await record('e1')).toMatchObject({ kind: 'other', state: 'ignored', reason: 'not-a-merge' });
      expect(queued).toEqual([]);
    }
  });

  it('is ignored, too, where it is about another kind of thing, or says of no contact', async () => {
    const { post, record } = openIntake({ contactEvents: true });
    await post(envelope('e1', CONTACT, { ...NAMES, event: 'CRM_CLUE' }));
    await post(envelope('e2', { changed: {} }, NAMES));
    for (const id of ['e1', 'e2']) expect(await record(id)).toMatchObject({ kind: 'other', state: 'ignored' });
  });

  it('is a merge where its content is one, whatever it is called', async () => {
    const { post, record } = openIntake({ contactEvents: true });
    await post(envelope('e1', undefined, NAMES));
    expect((await record('e1'))?.kind).toBe('merge');
  });
});
