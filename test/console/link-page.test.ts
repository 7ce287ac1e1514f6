import { ID_PROPERTY } from '../crm/hubspot/portal-world.ts';
import { createLinkingWorld, NUMBERS } from './linking-world.ts';
import { openConsole } from './open-console.ts';

jest.setTimeout(120_000);

let made: Awaited<ReturnType<typeof createLinkingWorld>>;
let open: Awaited<ReturnType<typeof openConsole>>;
let records: Awaited<ReturnType<typeof made.parkOne>>;

beforeEach(async () => {
  made = await createLinkingWorld();
  open = await openConsole({ linkable: made.linkable }, made.world);
  records = await made.parkOne('e1', 'A', 'B');
});
afterEach(async () => {
  await open.close();
  await made.close();
});

const LINK = '/acme/events/e1/link';

describe('promise 12: a contact is linked in the console', () => {
  it('shows candidates by record id and the key that agrees; values once they are asked for', async () => {
    expect((await open.get('/acme/events/e1')).text).toContain(`href="${LINK}"`);
    const { text, status } = await open.get(LINK);
    expect(status).toBe(200);
    for (const words of [...Object.values(records), 'Agrees: mobile number', 'another id', '>another<'])
      expect(text).toContain(words);
    expect(text).not.toMatch(/1380013800|Ada/);
    expect(text).not.toContain(`value="${records.foreign}"`);
    expect((await open.get(`${LINK}?values=1`)).text).toContain(`+86${NUMBERS.survivor}`);
  });

  it('writes the id on the record that is confirmed, keeps who said so, and the merge follows', async () => {
    const first = await open.post(LINK, { contact: 'A', record: records.survivor });
    expect(first.headers.location).toBe('/acme/events/e1?did=linked');
    expect(made.idOf(records.survivor)).toBe('A');
    await made.world.drain();
    expect(await made.world.record('e1')).toMatchObject({ state: 'parked', reason: 'unlinked', missing: ['B'] });
    await open.post(LINK, { contact: 'B', record: records.loser });
    await made.world.drain();
    expect(await made.world.record('e1')).toMatchObject({
      state: 'applied',
      operatorActions: [
        { by: 'ada', contact: 'A', record: records.survivor },
        { by: 'ada', contact: 'B', record: records.loser },
      ],
    });
    const { text } = await open.get('/acme/events/e1?did=linked');
    expect(text).toContain('Done: the record carries the id');
    expect(text).toContain(`ada: contact B is record ${records.loser}`);
  });

  it('keeps that a contact has no record', async () => {
    const { headers } = await open.post(LINK, { contact: 'B', none: '1' });
    expect(headers.location).toBe('/acme/events/e1?did=no-record');
    expect(await made.world.record('e1')).toMatchObject({ withoutRecord: ['B'] });
    expect((await open.get('/acme/events/e1')).text).toContain('ada: contact B has no record');
  });

  it.each<[string, Record<string, string>, string]>([
    ['a record without its numbers', { contact: 'A', record: 'LOSER' }, '?did=not-a-candidate'],
    ['a record with another id', { contact: 'B', record: 'FOREIGN' }, '?did=record-changed'],
    ['a contact that is not asked about', { contact: 'X', record: 'SURVIVOR' }, '?did=not-possible'],
  ])('writes nothing on %s', async (_what, form, did) => {
    const named: Record<string, string> = {
      LOSER: records.loser,
      FOREIGN: records.foreign,
      SURVIVOR: records.survivor,
    };
    const { headers } = await open.post(LINK, { ...form, record: named[form.record ?? ''] ?? '' });
    expect(headers.location).toBe(`/acme/events/e1${did}`);
    expect(made.idOf(records.survivor)).toBeUndefined();
    expect(made.idOf(records.loser)).toBeUndefined();
    expect(made.idOf(records.foreign)).toBe('another');
    expect((await made.world.record('e1')).operatorActions).toBeUndefined();
    expect((await open.get(headers.location ?? '')).text).toContain('Not done: ');
  });

  it('escapes what the CRM says, and the page does not ask the CRM by itself', async () => {
    const hostile = '<script>alert(1)</script>';
    made.account.portal.create({ mobilephone: NUMBERS.survivor, [ID_PROPERTY]: hostile });
    const { text } = await open.get(`${LINK}?values=1`);
    expect(text).toContain('&lt;script&gt;alert(1)');
    expect(text).not.toContain(hostile);
    expect(text).toContain('<body data-still="yes"');
  });

  it('needs one answer: neither none nor both', async () => {
    for (const form of [{ contact: 'A' }, { contact: 'A', none: '1', record: records.survivor }])
      expect((await open.post(LINK, form as Record<string, string>)).status).toBe(404);
    expect((await made.world.record('e1')).state).toBe('parked');
  });

  it('of an event that asks nothing leads back to it', async () => {
    for (const contact of ['A', 'B']) {
      await open.post(LINK, { contact, none: '1' });
      await made.world.drain();
    }
    expect((await open.get(LINK)).headers.location).toBe('/acme/events/e1');
    expect((await open.post(LINK, { contact: 'A', none: '1' })).headers.location).toBe('/acme/events/e1');
  });

  it('says plainly that the CRM does not answer, and changes nothing', async () => {
    const { close } = made;
    await close();
    const { status, text } = await open.get(LINK);
    expect([status, text.includes('The CRM refused, or did not answer')]).toEqual([503, true]);
    expect((await open.post(LINK, { contact: 'A', record: records.survivor })).status).toBe(503);
    expect((await made.world.record('e1')).state).toBe('parked');
    made = await createLinkingWorld(); // For `afterEach` to close.
  });
});

describe('a console that may not link', () => {
  it('asks the CRM nothing while it is read-only', async () => {
    const readOnly = await openConsole({ linkable: made.linkable, allowActions: false }, made.world);
    expect((await readOnly.get('/acme/events/e1')).text).not.toContain(LINK);
    expect((await readOnly.get(LINK)).status).toBe(403);
    expect((await readOnly.post(LINK, { contact: 'A', record: records.survivor })).status).toBe(403);
    expect(made.idOf(records.survivor)).toBeUndefined();
    await readOnly.close();
  });

  it('says what to do where the CRM’s records cannot be read', async () => {
    const told = await openConsole({ linkable: async () => undefined }, made.world);
    expect((await told.get(LINK)).text).toContain('The records of this CRM cannot be read from here');
    await told.close();
  });
});
