import { type LinkableCrm, type LinkRecord, MAX_FOUND } from '../../lib/ports.ts';
import { createFaultyFetch } from './faulty-fetch.ts';
import { expectCrmError, type RecordCrmTools } from './record-crm-world.ts';

/** A CRM without records yet, and the adapter for linking that speaks to it. A new one for every test. */
export interface LinkableCrmWorld {
  crm: LinkableCrm;
  /** A property of plain text, one of mobile numbers, one of e-mail addresses. */
  properties: { note: string; mobile: string; email: string };
  /** Puts a record into the CRM, not through the adapter. @returns its record id. */
  seed(contactId: string | undefined, values: Record<string, string>): Promise<string>;
  /** Merges the second record into the first, as a person does in the CRM. */
  merge(survivor: string, loser: string): Promise<void>;
  unknownRecordId: string;
  /** Whether two records may carry one id. */
  idsAreUnique: boolean;
  /** Other tests have records there, too: the suite looks at those it has seeded. */
  shared?: true;
  /** How many records make more than one page. */
  morePages: number;
  close?(): Promise<void>;
}

type Operation = 'all';
const SECRET = '+8613800138000';

/** Everything that linking relies on in a CRM (the sentences of `LinkableCrm` in lib/ports.ts), as tests. */
export function linkableCrmContract(
  name: string,
  makeWorld: (tools: RecordCrmTools) => Promise<LinkableCrmWorld>,
): void {
  describe(`${name} keeps the contract of linking`, () => {
    const worlds: LinkableCrmWorld[] = [];
    const open = async (timeoutMs = 15_000) => {
      const { fetch, faults } = createFaultyFetch<Operation>(() => true);
      const world = await makeWorld({ fetch, timeoutMs });
      worlds.push(world);
      const seeded = new Set<string>();
      const seed: LinkableCrmWorld['seed'] = async (contactId, values) => {
        const recordId = await world.seed(contactId, values);
        seeded.add(recordId);
        return recordId;
      };
      const isMine = ({ recordId }: LinkRecord) => !world.shared || seeded.has(recordId);
      return { ...world, seed, faults, isMine };
    };
    afterEach(async () => {
      for (const world of worlds.splice(0)) await world.close?.();
    });

    it('scans every record once, page after page, with the texts asked for and the ids they carry', async () => {
      const { crm, seed, morePages, properties, isMine } = await open();
      const expected: unknown[] = [];
      for (let index = 0; index < morePages; index++) {
        const id = index % 3 === 0 ? `contact-${index}` : undefined;
        const recordId = await seed(id, { [properties.mobile]: `138001380${10 + index}` });
        expected.push([recordId, id ? [id] : [], [`138001380${10 + index}`]]);
      }
      const { records, pages } = await scanAll({ crm, isMine }, [properties.mobile, properties.note]);
      const seen = records.map(({ recordId, contactIds, values }) => [recordId, contactIds, values[properties.mobile]]);
      expect(seen.sort(byFirst)).toEqual(expected.sort(byFirst));
      expect(records.every(({ values }) => !(properties.note in values))).toBe(true);
      expect(pages).toBeGreaterThan(1);
    });

    it('scanned while empty, has no record', async () => {
      const world = await open();
      const { records, pages } = await scanAll(world, []);
      expect(records).toEqual([]);
      if (!world.shared) expect(pages).toBe(1);
    });

    it('leaves out records that were merged away, and reads none under its old id', async () => {
      const { crm, seed, merge, isMine } = await open();
      const [ada, bob] = [await seed('ada', {}), await seed('bob', {})];
      await merge(ada, bob);
      const { records } = await scanAll({ crm, isMine }, []);
      expect(records).toHaveLength(1);
      const [home] = records;
      expect(await crm.read([bob], [])).toEqual([]);
      expect((await crm.read([home?.recordId ?? ''], [])).map(({ recordId }) => recordId)).toEqual([home?.recordId]);
    });

    it('reads records by their record ids as they are now, and leaves out those that never were', async () => {
      const { crm, seed, unknownRecordId, properties } = await open();
      const ada = await seed('ada', { [properties.note]: 'Ada' });
      const eve = await seed(undefined, {});
      const read = await crm.read([ada, unknownRecordId, eve], [properties.note]);
      expect(read.sort((a, b) => a.recordId.localeCompare(b.recordId))).toEqual(
        [
          { recordId: ada, contactIds: ['ada'], values: { [properties.note]: ['Ada'] } },
          { recordId: eve, contactIds: [], values: {} },
        ].sort((a, b) => a.recordId.localeCompare(b.recordId)),
      );
      expect(await crm.read([], [])).toEqual([]);
    });

    it('searches for a mobile number in whatever spelling a record has it, and finds no other', async () => {
      const { crm, seed, properties } = await open();
      const spellings = [
        '13912345670',
        '+86 139 1234 5670',
        '139-1234-5670',
        '008613912345670',
        '(139) 1234 5670',
        '13712345671;13912345670',
      ];
      const holders: string[] = [];
      for (const mobile of spellings) holders.push(await seed(undefined, { [properties.mobile]: mobile }));
      const other = await seed(undefined, { [properties.mobile]: '13912345671' });
      const none = await seed(undefined, { [properties.note]: '13912345670' });
      const wanted = { key: 'mobile' as const, value: '+8613912345670', properties: crm.keyProperties.mobile };
      const { recordIds: found, isComplete } = await crm.search(wanted);
      expect(isComplete).toBe(true);
      expect(holders.filter((recordId) => !found.includes(recordId))).toEqual([]);
      expect([other, none].filter((recordId) => found.includes(recordId))).toEqual([]);
      expect(new Set(found).size).toBe(found.length);
    });

    it('searches for an e-mail address, and for one that no record has', async () => {
      const { crm, seed, properties } = await open();
      const ada = await seed('ada', { [properties.email]: 'o_ne@example.com' });
      const eve = await seed(undefined, { [properties.email]: 'eve@example.com' });
      const search = async (value: string) =>
        (await crm.search({ key: 'email', value, properties: crm.keyProperties.email })).recordIds;
      const found = await search('o_ne@example.com');
      expect([found.includes(ada), found.includes(eve)]).toEqual([true, false]);
      expect(await search("no'body%@example.com")).toEqual([]);
    });

    it('promise 12: a search that found more records than it names says so', async () => {
      const { crm, seed, properties } = await open();
      const wanted = { key: 'mobile' as const, value: '+8613688886666', properties: [properties.mobile] };
      const found = async () => {
        const { recordIds, isComplete } = await crm.search(wanted);
        return [new Set(recordIds).size, isComplete];
      };
      for (let count = 0; count < MAX_FOUND - 1; count++)
        await seed(undefined, { [properties.mobile]: '136 8888 6666' });
      expect(await found()).toEqual([MAX_FOUND - 1, true]);
      for (let count = 0; count < 2; count++) await seed(undefined, { [properties.mobile]: '136 8888 6666' });
      expect(await found()).toEqual([MAX_FOUND, false]);
    });

    it('writes ids by the batch, touches nothing else, and sees them at once', async () => {
      const { crm, seed, properties } = await open();
      const values = { [properties.note]: 'stays' };
      const [ada, bob, eve] = [await seed(undefined, values), await seed(undefined, {}), await seed(undefined, {})];
      const writes = [
        { recordId: ada, contactId: 'a\'d"a;联系人' },
        { recordId: bob, contactId: 'bob' },
      ];
      expect(await crm.writeIds(writes)).toEqual(new Map());
      expect(await crm.writeIds(writes)).toEqual(new Map());
      const read = await crm.read([ada, bob, eve], [properties.note]);
      expect(new Map(read.map(({ recordId, contactIds }) => [recordId, contactIds]))).toEqual(
        new Map([
          [ada, ['a\'d"a;联系人']],
          [bob, ['bob']],
          [eve, []],
        ]),
      );
      expect(read.find(({ recordId }) => recordId === ada)?.values).toEqual({ [properties.note]: ['stays'] });
      expect(await crm.find(['bob', 'unknown'])).toEqual([{ asked: 'bob', recordId: bob }]);
    });

    it('clears ids, and a record that has none stays without', async () => {
      const { crm, seed } = await open();
      const [ada, bob] = [await seed('ada', {}), await seed(undefined, {})];
      expect(await crm.writeIds([ada, bob].map((recordId) => ({ recordId, contactId: null })))).toEqual(new Map());
      expect((await crm.read([ada, bob], [])).map(({ contactIds }) => contactIds)).toEqual([[], []]);
      expect(await crm.find(['ada'])).toEqual([]);
    });

    it('one bad write among several is named, or refuses all of them for good', async () => {
      const { crm, seed, unknownRecordId, idsAreUnique } = await open();
      const [ada, bob] = [await seed('ada', {}), await seed(undefined, {})];
      const bad = idsAreUnique ? { recordId: bob, contactId: 'ada' } : { recordId: unknownRecordId, contactId: 'new' };
      const eve = await seed(undefined, {});
      const refused = await crm.writeIds([{ recordId: eve, contactId: 'eve' }, bad]).catch(expectCrmError);
      const written = (await crm.read([eve], [])).flatMap(({ contactIds }) => contactIds);
      if (refused instanceof Map) expect([[...refused.keys()], written]).toEqual([[bad.recordId], ['eve']]);
      else expect([refused.kind, written]).toEqual(['permanent', []]);
      expect((await crm.read([ada], []))[0]?.contactIds).toEqual(['ada']);
    });

    it.each(['hang-up', 'broken', 'busy', 'refused-credentials'] as const)(
      'promise 11: a call that fails (%s) says what kind of failure it is and no value',
      async (how) => {
        const { crm, seed, faults, properties } = await open();
        const ada = await seed('ada', { [properties.mobile]: SECRET });
        await crm.read([ada], []);
        const attempts: [string, () => Promise<unknown>][] = [
          ['scan', () => crm.scan([properties.mobile])],
          ['read', () => crm.read([ada], [properties.mobile])],
          ['find', () => crm.find(['ada'])],
          ['search', () => crm.search({ key: 'mobile', value: SECRET, properties: [properties.mobile] })],
          ['write', () => crm.writeIds([{ recordId: ada, contactId: 'eve' }])],
        ];
        for (const [what, attempt] of attempts) {
          faults.begin({ when: 'before-effect', how }, 'all');
          const error = expectCrmError(await attempt().catch((thrown: unknown) => thrown));
          faults.end();
          expect([what, ...kindsOf(how, what)]).toContain(error.kind);
          expect(`${error.message} ${error.code}`).not.toContain(SECRET);
        }
        // After a refusal an adapter may take its time before it asks with its credentials again.
        if (how === 'refused-credentials') return;
        expect((await crm.read([ada], []))[0]?.contactIds).toEqual(['ada']);
      },
    );

    it('a write that took effect unanswered is in doubt, and a read tells', async () => {
      const { crm, seed, faults } = await open();
      const ada = await seed(undefined, {});
      await crm.read([ada], []);
      faults.begin({ when: 'after-effect', how: 'broken' }, 'all');
      const error = expectCrmError(
        await crm.writeIds([{ recordId: ada, contactId: 'ada' }]).catch((thrown: unknown) => thrown),
      );
      faults.end();
      // Where a write begins with a read, it is the read that failed.
      expect(['ambiguous', 'retry-soon']).toContain(error.kind);
      const [record] = await crm.read([ada], []);
      expect(record?.contactIds).toEqual(error.kind === 'ambiguous' ? ['ada'] : []);
    });
  });
}

function kindsOf(how: 'hang-up' | 'broken' | 'busy' | 'refused-credentials', what: string): string[] {
  if (how === 'refused-credentials') return ['auth'];
  if (how === 'busy' || what !== 'write') return ['retry-soon', 'retry-after'];
  return ['ambiguous', 'retry-soon'];
}

const byFirst = (a: unknown, b: unknown) => String(a).localeCompare(String(b));

interface Scanned {
  crm: LinkableCrm;
  isMine(record: LinkRecord): boolean;
}

async function scanAll({ crm, isMine }: Scanned, properties: string[]) {
  const records: LinkRecord[] = [];
  let pages = 0;
  for (let after: string | undefined; pages === 0 || after !== undefined; pages++) {
    const page: Awaited<ReturnType<LinkableCrm['scan']>> = await crm.scan(properties, after);
    records.push(...page.records.filter(isMine));
    after = page.after;
  }
  return { records, pages };
}
