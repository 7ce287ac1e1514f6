import { closeWorlds, failureOf, openWorld } from './world.ts';

afterEach(closeWorlds);

describe('find', () => {
  it('asks once for everybody', async () => {
    const { crm, lookalike } = await openWorld();
    lookalike.seed('ada', { Email: 'ada@example.com' });
    lookalike.seed('bob');
    const found = await crm.find(['ada', 'bob', 'nobody'], ['Email', 'LastName']);
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
  ])('that names %s which does not exist fails instead of finding nobody', async (what, idField) => {
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
