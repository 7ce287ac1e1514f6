import type { OpenWorld } from './record-crm-world.ts';

// Ids as no CRM likes them: query languages, lists, URLs and headers each have their own sore spots.
const AWKWARD_IDS = [
  "o'hara",
  'a"b',
  'a\\',
  "' OR '1'='1",
  'a;b',
  'a,b',
  'a&b=c',
  'a/b?c#d',
  'a b',
  '联系人',
  '%41',
  '${x',
];

export function findContract(open: OpenWorld): void {
  describe('find', () => {
    it('gives each contact that is there its record, under the id asked for, with the properties asked for', async () => {
      const { crm, seed, properties } = await open();
      const ada = await seed('ada', { [properties.text]: 'Ada', [properties.note]: 'first' });
      const bob = await seed('bob', { [properties.text]: 'Bob' });
      await seed('eve', { [properties.text]: 'Eve' });
      const found = await crm.find(['ada', 'bob'], [properties.text, properties.note]);
      expect(new Map(found.map(({ asked, record }) => [asked, record.recordId]))).toEqual(
        new Map([
          ['ada', ada],
          ['bob', bob],
        ]),
      );
      expect(found).toHaveLength(2);
      for (const { asked, record } of found) expect(record.contactId).toBe(asked);
      const first = found.find(({ asked }) => asked === 'ada');
      expect(first?.record.values).toMatchObject({ [properties.text]: 'Ada', [properties.note]: 'first' });
      const second = found.find(({ asked }) => asked === 'bob');
      expect(second?.record.values[properties.note] ?? '').toBe('');
    });

    it('leaves out ids that have no record', async () => {
      const { crm, seed } = await open();
      await seed('ada', {});
      const found = await crm.find(['unknown', 'ada', 'no-one'], []);
      expect(found.map(({ asked }) => asked)).toEqual(['ada']);
      expect(await crm.find(['unknown'], [])).toEqual([]);
    });

    it('asked for no id, finds no record', async () => {
      const { crm, seed } = await open();
      await seed('ada', {});
      expect(await crm.find([], [])).toEqual([]);
    });

    it('asked twice for one contact, has one record for it', async () => {
      const { crm, seed } = await open();
      const ada = await seed('ada', {});
      const found = await crm.find(['ada', 'ada'], []);
      expect(new Set(found.map(({ record }) => record.recordId))).toEqual(new Set([ada]));
    });

    it('finds hundreds at once', async () => {
      const { crm, seed } = await open();
      await seed('contact-7', {});
      await seed('contact-205', {});
      const ids = Array.from({ length: 230 }, (_, index) => `contact-${index}`);
      const found = await crm.find(ids, []);
      expect(found.map(({ asked }) => asked).sort()).toEqual(['contact-205', 'contact-7']);
    });

    it.each(AWKWARD_IDS)('takes an id literally, whatever it looks like: %s', async (id) => {
      const { crm, seed } = await open();
      await seed('ada', {});
      expect(await crm.find([id], [])).toEqual([]);
      const recordId = await seed(id, {});
      const found = await crm.find([id, 'unknown'], []);
      expect(found.map(({ asked, record }) => [asked, record.recordId])).toEqual([[id, recordId]]);
    });

    it('reports two records for one contact as two', async () => {
      const { crm, seed, seedTwin } = await open();
      const first = await seed('ada', {});
      const second = await seedTwin?.('ada', {});
      const found = await crm.find(['ada'], []);
      const expected = second === undefined ? [first] : [first, second];
      expect(found.map(({ record }) => record.recordId).sort()).toEqual(expected.sort());
    });
  });

  describe('locate', () => {
    it('a record that is there is where it is, one that never was is gone, and each id asked for is answered', async () => {
      const { crm, seed, unknownRecordId } = await open();
      const ada = await seed('ada', {});
      const bob = await seed('bob', {});
      const places = await crm.locate([ada, unknownRecordId, bob]);
      expect(places).toEqual(
        new Map<string, unknown>([
          [ada, { recordId: ada }],
          [unknownRecordId, 'gone'],
          [bob, { recordId: bob }],
        ]),
      );
    });

    it('of no id is nothing', async () => {
      const { crm } = await open();
      expect(await crm.locate([])).toEqual(new Map());
    });
  });
}
