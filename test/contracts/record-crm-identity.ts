import type { OpenWorld } from './record-crm-world.ts';

// What a database with a lenient collation, or a form that trims, takes for `ada`.
const ALIKE: [what: string, id: string][] = [
  ['another case', 'ADA'],
  ['an accent', 'ádá'],
  ['full width', 'ａｄａ'],
  ['a blank behind it', 'ada '],
  ['a blank before it', ' ada'],
  ['a letter without width', 'ada\u200b'],
  ['a letter of another alphabet', '\u0430da'],
];

export function identityContract(open: OpenWorld): void {
  describe('ids that look alike are different people', () => {
    it.each(ALIKE)('%s: a record is never given out as a contact that it does not carry', async (_what, id) => {
      const { crm, seed } = await open();
      await seed('ada', {});
      const found = await crm.find([id], []);
      expect(found.map(({ asked, record }) => [asked, record.contactId])).toEqual(found.map(() => [id, 'ada']));
    });

    it.each(ALIKE)('%s: two people are found as themselves, or the CRM takes only one', async (_what, id) => {
      const { crm, seed, records } = await open();
      await seed('ada', {});
      await seed(id, {}).catch(() => undefined);
      const found = await crm.find(['ada', id], []);
      const carried = found.map(({ record }) => [record.recordId, record.contactId] as const);
      const stored = (await records()).map(({ recordId, contactId }) => [recordId, contactId] as const);
      expect(new Map(carried)).toEqual(new Map(stored));
      const own = found.filter(({ asked, record }) => asked === record.contactId);
      expect(new Set(own.map(({ record }) => record.recordId))).toEqual(new Set(stored.map(([recordId]) => recordId)));
    });
  });
}
