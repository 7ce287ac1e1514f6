import { makeId } from '../../lookalikes/salesforce/org.ts';
import { closeWorlds, failureOf, openWorld } from './world.ts';

afterEach(closeWorlds);

describe('find', () => {
  it('asks once for all contacts', async () => {
    const { crm, lookalike } = await openWorld();
    lookalike.seed('ada', { Email: 'ada@example.com' });
    lookalike.seed('bob');
    const found = await crm.find(['ada', 'bob', 'unknown'], ['Email', 'LastName']);
    expect(found.map(({ asked, record }) => [asked, record.values])).toEqual([
      ['ada', { Email: 'ada@example.com', LastName: 'Seeded' }],
      ['bob', { Email: null, LastName: 'Seeded' }],
    ]);
    expect(lookalike.requests).toHaveLength(1);
  });

  it('has each value under the name that was asked for, though Salesforce spells it its own way', async () => {
    const { crm, lookalike } = await openWorld();
    lookalike.seed('ada', { Email: 'ada@example.com' });
    const [first] = await crm.find(['ada'], ['email', 'FAX', 'Fax']);
    expect(first?.record.values).toEqual({ email: 'ada@example.com', FAX: null, Fax: null });
  });

  it('never finds those who have no contact id', async () => {
    const { crm, lookalike } = await openWorld();
    lookalike.org.insert({ LastName: 'No id' });
    expect(await crm.find(['', ' '], [])).toEqual([]);
    expect(await crm.find(['', 'ada'], [])).toEqual([]);
  });

  it('reports a record whose id differs in case only under what was asked, with its own id', async () => {
    const { crm, lookalike } = await openWorld();
    lookalike.seed('ABC');
    const found = await crm.find(['abc', 'xyz'], []);
    expect(found.map(({ asked, record }) => [asked, record.contactId])).toEqual([['abc', 'ABC']]);
  });

  it('turns all pages', async () => {
    const { crm, lookalike } = await openWorld({ quirks: { pageSize: 3 } });
    const ids = Array.from({ length: 10 }, (_, index) => `contact-${index}`);
    for (const id of ids) lookalike.seed(id);
    expect((await crm.find(ids, [])).map(({ asked }) => asked)).toEqual(ids);
    expect(lookalike.requests).toHaveLength(4);
  });

  it.each<[string, string]>([
    ['an id field', 'Wrong__c'],
    ['a mapped property', 'Id'],
  ])('that names %s which does not exist fails instead of finding no contact', async (what, idField) => {
    const { crm, lookalike } = await openWorld(what === 'an id field' ? { adapter: { idField } } : {});
    lookalike.seed('ada');
    const error = await failureOf(crm.find(['ada'], what === 'an id field' ? [] : ['Wrong__c']));
    expect([error.kind, error.code]).toEqual(['permanent', 'INVALID_FIELD']);
  });

  it('puts no property into a query that is not a name', async () => {
    const { crm, lookalike } = await openWorld();
    const error = await failureOf(crm.find(['ada'], ['Email FROM User WHERE Id']));
    expect([error.kind, error.code]).toEqual(['permanent', 'INVALID_FIELD']);
    expect(lookalike.requests).toEqual([]);
  });

  it('takes a page of HTML for no answer', async () => {
    const { crm, lookalike } = await openWorld();
    lookalike.faults.add({ on: 'query', how: { status: 200, body: '<html>Log in</html>' } });
    const error = await failureOf(crm.find(['ada'], []));
    expect(error.kind).toBe('retry-soon');
    expect(error.message).toContain('is instanceUrl the org’s My Domain address?');
  });

  it('keeps the journal’s fields too', async () => {
    const { crm, lookalike } = await openWorld({ adapter: { journalFields: ['Phone', 'email'] } });
    lookalike.seed('ada', { Phone: '1' });
    const [first] = await crm.find(['ada'], ['Email']);
    expect(first?.record.values).toEqual({ Email: null, email: null, Phone: '1' });
  });
});

describe('queries about many or long ids', () => {
  const padded = (index: number, letters: string) => `${index}-${letters}`;

  it.each<[string, (index: number) => string, number]>([
    ['100 bytes', (index) => padded(index, 'x'.repeat(96)).padEnd(100, 'x'), 90],
    ['36 characters', (index) => `${index}`.padStart(36, '0'), 500],
    ['quotes and backslashes that double', (index) => padded(index, `'\\"`.repeat(30)), 90],
    ['letters of three bytes', (index) => padded(index, '联系人'.repeat(30)), 90],
    ['letters of four bytes', (index) => padded(index, '😀'.repeat(60)), 90],
    ['255 letters, the most that the field takes', (index) => padded(index, '联'.repeat(250)), 30],
  ])('ids of %s go in as many requests as the URL has room for', async (_, idOf, count) => {
    const { crm, lookalike } = await openWorld();
    const ids = Array.from({ length: count }, (__, index) => idOf(index));
    const seeded = [0, Math.floor(count / 2), count - 1].map((index) => ids[index] ?? '');
    for (const id of seeded) lookalike.seed(id);
    const found = await crm.find(ids, []);
    expect(found.map(({ asked }) => asked).sort()).toEqual([...seeded].sort());
    const urls = lookalike.requests.map(({ request }) => request.url.length);
    expect(Math.max(...urls)).toBeLessThan(12_000);
    const asked = urls.reduce((sum, length) => sum + length, 0);
    expect(urls.length).toBeLessThanOrEqual(Math.ceil(asked / 8_000)); // Not one by one, either.
  });

  it('locate asks for thousands of records the same way', async () => {
    const { crm, lookalike } = await openWorld();
    const ada = lookalike.seed('ada');
    const ids = [ada, ...Array.from({ length: 2_000 }, (_, index) => makeId('003', 5_000 + index))];
    expect((await crm.locate(ids)).get(ada)).toEqual({ recordId: ada });
    expect(lookalike.requests.length).toBeLessThan(10);
  });

  it('an id that no field of Salesforce can hold is not asked for, and not found', async () => {
    const { crm, lookalike } = await openWorld();
    lookalike.seed('ada');
    expect(await crm.find(['x'.repeat(20_000), 'a\ud800'], [])).toEqual([]);
    expect(lookalike.requests).toEqual([]);
    expect((await crm.find(['x'.repeat(20_000), 'ada'], [])).map(({ asked }) => asked)).toEqual(['ada']);
  });

  it('so many fields that no id has room beside them are refused with what to do', async () => {
    const journalFields = Array.from({ length: 400 }, (_, index) => `A_field_with_a_long_name_${index}__c`);
    const { crm, lookalike } = await openWorld({ adapter: { journalFields } });
    const error = await failureOf(crm.find(['ada'], []));
    expect([error.kind, error.code, lookalike.requests.length]).toEqual(['permanent', 'TOO_MANY_FIELDS', 0]);
    expect(error.message).toContain('set journal.properties to "all"');
  });
});

describe('answers without end', () => {
  const page = (records: object[], next: string | null) =>
    JSON.stringify({ done: next === null, nextRecordsUrl: next, records });
  const respond = (fault: (url: URL) => string) => ({
    adapter: {
      fetch: async (url: string) =>
        new Response(fault(new URL(url)), { headers: { 'content-type': 'application/json' } }),
    },
  });

  it.each<[string, (url: URL) => string]>([
    ['pages that go on', () => page([{ Id: makeId('003', 1) }], '/services/data/v62.0/query/01g-1')],
    ['empty pages that go on', () => page([], '/services/data/v62.0/query/01g-1')],
    [
      'more records than were asked for',
      () =>
        page(
          Array.from({ length: 3_000 }, () => ({ Id: makeId('003', 1) })),
          null,
        ),
    ],
    ['a record of megabytes', () => page([{ Id: makeId('003', 1), Fax: 'x'.repeat(5_000_000) }], null)],
  ])('promise 7: %s end with a code that says so', async (_, answer) => {
    let requests = 0;
    const { crm } = await openWorld(
      respond((url) => {
        requests += 1;
        return answer(url);
      }),
    );
    const error = await failureOf(crm.find(['ada'], []));
    expect([error.kind, error.code]).toEqual(['permanent', 'TOO_MANY_RECORDS']);
    expect(requests).toBeLessThan(20);
  });

  it('promise 7: a chain of masters without end is cut, with a code that says so', async () => {
    let requests = 0;
    const { crm } = await openWorld(
      respond(() => {
        requests += 1;
        const row = (index: number) => ({
          Id: makeId('003', index),
          IsDeleted: true,
          MasterRecordId: makeId('003', index + 1),
        });
        return page([row(requests)], null);
      }),
    );
    const error = await failureOf(crm.locate([makeId('003', 1)]));
    expect([error.kind, error.code]).toEqual(['permanent', 'MASTER_CHAIN_TOO_LONG']);
    expect(requests).toBeLessThan(100);
  });

  it('promise 7: records that were not asked for do not make the questions grow', async () => {
    let requests = 0;
    const { crm } = await openWorld(
      respond(() => {
        requests += 1;
        const rows = Array.from({ length: 1_000 }, (_, index) => ({
          Id: makeId('003', requests * 1_000 + index),
          IsDeleted: true,
          MasterRecordId: makeId('003', 900_000 + requests * 1_000 + index),
        }));
        return page(rows, null);
      }),
    );
    const ada = makeId('003', 1);
    expect((await crm.locate([ada])).get(ada)).toBe('gone');
    expect(requests).toBe(1);
  });

  it('promise 7: a chain that is told too slowly is asked for again later', async () => {
    let now = 0;
    let number = 0;
    const answer = respond(() => {
      now += 9_000;
      number += 1;
      return page([{ Id: makeId('003', number), IsDeleted: true, MasterRecordId: makeId('003', number + 1) }], null);
    });
    const { crm } = await openWorld({ adapter: { ...answer.adapter, now: () => now } });
    const error = await failureOf(crm.locate([makeId('003', 1)]));
    expect([error.kind, error.code, number]).toEqual(['retry-soon', 'MASTER_CHAIN_TOO_SLOW', 3]);
  });
});

describe('locate', () => {
  it('follows a chain of merges to its end', async () => {
    const { crm, lookalike } = await openWorld();
    const ids = Array.from({ length: 12 }, (_, index) => lookalike.seed(`contact-${index}`));
    for (let index = 1; index < ids.length; index++) lookalike.org.merge(ids[index] ?? '', [ids[index - 1] ?? ''], {});
    const end = { recordId: ids.at(-1) };
    expect(await crm.locate([ids[0] ?? ''])).toEqual(new Map([[ids[0], end]]));
    expect(await crm.locate(ids)).toEqual(new Map(ids.map((id) => [id, end])));
  });

  it('takes what was deleted, not merged, and what the recycle bin has forgotten for gone', async () => {
    const { crm, lookalike } = await openWorld();
    const [ada, bob, eve] = [lookalike.seed('ada'), lookalike.seed('bob'), lookalike.seed('eve')];
    Object.assign(lookalike.org.row(eve) ?? {}, { IsDeleted: true });
    await crm.merge({ survivor: ada, losers: [bob] });
    expect((await crm.locate([bob, eve])).get(eve)).toBe('gone');
    lookalike.org.purge();
    expect((await crm.locate([bob, eve])).get(bob)).toBe('gone');
  });

  it('is not led in circles', async () => {
    const { crm, lookalike } = await openWorld();
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    Object.assign(lookalike.org.row(ada) ?? {}, { IsDeleted: true, MasterRecordId: bob });
    Object.assign(lookalike.org.row(bob) ?? {}, { IsDeleted: true, MasterRecordId: ada });
    expect((await crm.locate([ada])).get(ada)).toBe('gone');
  });
});
