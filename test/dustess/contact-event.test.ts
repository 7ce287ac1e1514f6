import { isContactEvent, readContactEvent, readKeyTexts } from '../../lib/dustess/contact-event.ts';
import type { JsonObject } from '../../lib/json.ts';

describe('promise 12: an event about one contact', () => {
  const labels = (event: string) => ({ event, action: 'CRM_CONTACT_UPDATED' });
  const body = { id: 'c1', changed: { mobiles: ['1'] } };

  it('is known by its name and by its content', () => {
    expect(isContactEvent(labels('CRM_CONTACT'), body)).toBe(true);
    expect(isContactEvent(labels('CRM_CLUE'), body)).toBe(false);
    const merge = { ...body, mainID: 'c1', mergedIDs: ['c2'] };
    for (const other of [merge, 'c1', null, [body], { id: 'c1' }, { changed: {} }])
      expect(isContactEvent(labels('CRM_CONTACT'), other)).toBe(false);
  });

  it.each([
    ['as a text', { id: 'c1', changed: {} }, 'c1'],
    ['as a number', { id: 17, changed: {} }, '17'],
  ])('names its contact %s', (_how, event, contactId) => {
    expect(readContactEvent(event)).toEqual({ contactId, mobiles: undefined, emails: undefined });
  });

  it.each<JsonObject>([
    { changed: {} },
    { id: '', changed: {} },
    { id: ['c1'], changed: {} },
    { id: 'c1' },
    { id: 'c1', changed: [] },
  ])('is nothing to us without a usable id and details: %j', (event) => {
    expect(readContactEvent(event)).toBeUndefined();
  });

  it('says what is new, and of the rest what was before', () => {
    const old = { mobiles: ['1'], email: 'a@b.cn' };
    expect(readContactEvent({ id: 'c1', old, changed: { mobiles: ['2', '3'] } })).toEqual({
      contactId: 'c1',
      mobiles: ['2', '3'],
      emails: ['a@b.cn'],
    });
    expect(readContactEvent({ id: 'c1', old: 'none', changed: { email: 'c@d.cn' } })).toEqual({
      contactId: 'c1',
      mobiles: undefined,
      emails: ['c@d.cn'],
    });
  });

  it('knows nothing of what it does not speak of, and of what it empties that there is none', () => {
    expect(readKeyTexts({})).toEqual({ mobiles: undefined, emails: undefined });
    expect(readKeyTexts({ mobiles: [], email: '' })).toEqual({ mobiles: [], emails: [] });
    expect(readKeyTexts({ mobiles: ['', 139, null], email: null })).toEqual({ mobiles: ['139'], emails: [] });
  });
});
