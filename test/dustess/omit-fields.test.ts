import { omitFields } from '../../lib/dustess/omit-fields.ts';
import type { JsonObject } from '../../lib/json.ts';

const contact = (idCard: string): JsonObject => ({ remark: 'r', idCard });
const custom = (value: string, id = 'field10') => ({ id, type: 'text', value });

describe('data minimisation', () => {
  it('leaves a named field out wherever contacts stand', () => {
    const body = {
      mainID: 'a',
      changed: contact('1'),
      old: contact('2'),
      mergedContacts: [contact('3'), contact('4')],
    };
    expect(omitFields(body, ['idCard'])).toEqual({
      mainID: 'a',
      changed: { remark: 'r' },
      old: { remark: 'r' },
      mergedContacts: [{ remark: 'r' }, { remark: 'r' }],
    });
  });

  it('leaves empty values: that the field was emptied must reach the CRM', () => {
    const body = { changed: contact(''), old: { idCard: null, tags: [] } };
    expect(omitFields(body, ['idCard', 'tags'])).toEqual(body);
  });

  it('leaves out custom fields by id, and leaves the emptied ones', () => {
    const emptied = ['""', '[]', 'null', ''].map((value) => custom(value));
    const changed = { customFields: [custom('"x"'), custom('"x"', 'field11'), ...emptied, { id: 'field10' }] };
    expect(omitFields({ changed }, ['customFields.field10'])).toEqual({
      changed: { customFields: [custom('"x"', 'field11'), ...emptied, { id: 'field10' }] },
    });
  });

  it('touches nothing else: not the body’s own keys, not what is no contact', () => {
    const body = { idCard: 'x', changed: 'x', old: null, mergedContacts: ['x', null, [contact('1')]] };
    expect(omitFields(body, ['idCard'])).toEqual(body);
    expect(omitFields({ changed: { customFields: 'x' } }, ['customFields.x'])).toEqual({
      changed: { customFields: 'x' },
    });
  });

  it.each([{ toString: 1 }, null, ['field10'], 10, true])('passes over a custom field whose id is %j', (id) => {
    const changed = { customFields: [{ id, value: 'x' }] } as JsonObject;
    expect(omitFields({ changed }, ['customFields.field10'])).toEqual({ changed });
  });

  it('does not change the body it was given, and adds no keys', () => {
    const body = { changed: contact('1') };
    expect(omitFields(body, ['idCard'])).toEqual({ changed: { remark: 'r' } });
    expect(body).toEqual({ changed: contact('1') });
    expect(omitFields({}, ['idCard'])).toEqual({});
  });

  it('copies no contact that holds nothing of it', () => {
    const body = { changed: { remark: 'r', idCard: '' }, old: { remark: 'r' } };
    const omitted = omitFields(body, ['idCard', 'toes']);
    expect(omitted.changed).toBe(body.changed);
    expect(omitted.old).toBe(body.old);
  });

  it('leaves out each named field that a contact holds, though it holds no other', () => {
    expect(omitFields({ changed: contact('1') }, ['idCard', 'qq', 'email'])).toEqual({ changed: { remark: 'r' } });
  });

  it('a list that is not the custom fields stays, whatever ids are in it', () => {
    const changed = { tags: [custom('"x"')], customFields: [custom('"x"')] };
    expect(omitFields({ changed }, ['customFields.field10'])).toEqual({
      changed: { tags: [custom('"x"')], customFields: [] },
    });
  });

  it('with nothing to leave out is the body itself', () => {
    const body = { changed: contact('1') };
    expect(omitFields(body, [])).toBe(body);
  });

  it('is harmless whatever a key is called', () => {
    const body = JSON.parse('{"changed":{"__proto__":{"polluted":true},"idCard":"1"}}') as JsonObject;
    expect(JSON.stringify(omitFields(body, ['idCard']))).toBe('{"changed":{"__proto__":{"polluted":true}}}');
  });
});
