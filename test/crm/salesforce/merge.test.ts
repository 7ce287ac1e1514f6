import { makeId } from '../../lookalikes/salesforce/org.ts';
import { mergedAnswer } from '../../lookalikes/salesforce/soap-answer.ts';
import { closeWorlds, failureOf, NOW, openWorld } from './world.ts';

afterEach(closeWorlds);

describe('a merge', () => {
  it('sets the final values in the same request: types as the WSDL wants them, null by fieldsToNull', async () => {
    const { crm, lookalike } = await openWorld();
    const [ada, bob, eve] = [lookalike.seed('ada', { Fax: '1' }), lookalike.seed('bob'), lookalike.seed('eve')];
    const values = {
      LastName: ' 王 <&> "\'\u0000\r\n',
      Fax: null,
      Description: '',
      Colours__c: ['red', 'blue'],
      Score__c: 1.5,
      Signed__c: true,
      Birthdate: '1990-01-02',
    };
    await crm.merge({ survivor: ada, losers: [bob, eve], write: { values } });
    expect(lookalike.merges()).toHaveLength(1);
    expect(lookalike.merges()[0]?.values).toMatchObject({
      LastName: ' 王 <&> "\'\r\n',
      Fax: null,
      Description: null,
    });
    expect(lookalike.org.row(ada)?.fields).toMatchObject({
      LastName: '王 <&> "\'',
      Fax: null,
      Description: null,
      Colours__c: 'red;blue',
      Score__c: 1.5,
      Signed__c: true,
      Birthdate: '1990-01-02',
    });
    expect(lookalike.org.absorbed).toBe(2);
  });

  it('brings nothing over from the losers by itself', async () => {
    const { crm, lookalike } = await openWorld();
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob', { Email: 'bob@example.com' })];
    await crm.merge({ survivor: ada, losers: [bob] });
    expect(lookalike.org.row(ada)?.fields.Email).toBeUndefined();
  });

  it('of ids with 15 characters is the same merge', async () => {
    const { crm, lookalike } = await openWorld();
    const [ada, bob] = [lookalike.seed('ada').slice(0, 15), lookalike.seed('bob').slice(0, 15)];
    await crm.merge({ survivor: ada, losers: [bob] });
    expect(await crm.locate([ada, bob])).toEqual(
      new Map([
        [ada, { recordId: ada }],
        [bob, { recordId: expect.stringContaining(ada) }],
      ]),
    );
  });

  it.each<[string, (ada: string, bob: string, eve: string) => { survivor: string; losers: string[] }]>([
    ['a record with itself in its other length', (ada) => ({ survivor: ada, losers: [ada.slice(0, 15)] })],
    ['the same loser twice', (ada, bob) => ({ survivor: ada, losers: [bob, bob] })],
    ['no loser', (ada) => ({ survivor: ada, losers: [] })],
  ])('of %s is refused before it is sent', async (_, merge) => {
    const { crm, lookalike } = await openWorld();
    const [ada, bob, eve] = [lookalike.seed('ada'), lookalike.seed('bob'), lookalike.seed('eve')];
    const error = await failureOf(crm.merge(merge(ada, bob, eve)));
    expect([error.kind, error.code]).toEqual(['permanent', 'INVALID_MERGE']);
    expect(lookalike.requests).toEqual([]);
  });

  it('overrules a duplicate rule that only warns, not one that blocks', async () => {
    const write = { values: { LastName: 'x' } };
    const alerting = await openWorld({ quirks: { duplicateRule: 'alert' } });
    const [ada, bob] = [alerting.lookalike.seed('ada'), alerting.lookalike.seed('bob')];
    await alerting.crm.merge({ survivor: ada, losers: [bob], write });
    await alerting.crm.update(ada, write);
    const blocking = await openWorld({ quirks: { duplicateRule: 'block' } });
    const [eve, dan] = [blocking.lookalike.seed('eve'), blocking.lookalike.seed('dan')];
    const error = await failureOf(blocking.crm.merge({ survivor: eve, losers: [dan], write }));
    expect([error.kind, error.code]).toEqual(['permanent', 'DUPLICATES_DETECTED']);
  });

  it('of contacts of different accounts is refused where the org refuses it', async () => {
    const { crm, lookalike } = await openWorld({ quirks: { refusesOtherAccounts: true } });
    const [ada, bob] = [lookalike.seed('ada', { AccountId: makeId('001', 1) }), lookalike.seed('bob')];
    const error = await failureOf(crm.merge({ survivor: ada, losers: [bob] }));
    expect([error.kind, error.code]).toEqual(['permanent', 'MERGE_FAILED']);
  });

  it('promise 5: repeated, is refused for good, and locate says that it was done', async () => {
    const { crm, lookalike } = await openWorld();
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    await crm.merge({ survivor: ada, losers: [bob] });
    const error = await failureOf(crm.merge({ survivor: ada, losers: [bob] }));
    expect([error.kind, error.code]).toEqual(['permanent', 'ENTITY_IS_DELETED']);
    expect((await crm.locate([bob])).get(bob)).toEqual({ recordId: ada });
  });
});

describe.each([false, true])('a mapped field that is an External ID, where a merge refuses it: %s', (refuses) => {
  const OTHER = { Member_No__c: { type: 'string', length: 20, externalId: true, unique: true } } as const;
  const values = { Member_No__c: '77', Fax: '1' };
  async function world() {
    const opened = await openWorld({ quirks: { refusesExternalIdsInMerge: refuses }, fields: OTHER });
    const [ada, bob] = [opened.lookalike.seed('ada'), opened.lookalike.seed('bob', { Member_No__c: '77' })];
    return { ...opened, ada, merge: { survivor: ada, losers: [bob], write: { values } } };
  }

  it('has its value in the end, and the loser is absorbed once', async () => {
    const { crm, lookalike, ada, merge } = await world();
    await crm.merge(merge);
    expect(lookalike.org.row(ada)?.fields).toMatchObject(values);
    expect(lookalike.org.absorbed).toBe(1);
  });

  it('promise 5: unwritten after the merge is in doubt, and the values can be written again', async () => {
    const { crm, lookalike, ada, merge } = await world();
    lookalike.faults.add({ on: 'update', how: 'hang-up' });
    const error = refuses ? await failureOf(crm.merge(merge)) : await crm.merge(merge).then(() => undefined);
    expect(error?.kind).toBe(refuses ? 'ambiguous' : undefined);
    await crm.update(ada, { values }).catch(() => crm.update(ada, { values }));
    expect(lookalike.org.row(ada)?.fields).toMatchObject(values);
    expect(lookalike.org.absorbed).toBe(1);
  });
});

it('a field that the org does not have is refused before anything is merged', async () => {
  const { crm, lookalike } = await openWorld();
  const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
  const error = await failureOf(crm.merge({ survivor: ada, losers: [bob], write: { values: { Wrong__c: '1' } } }));
  expect([error.kind, error.code, lookalike.org.absorbed]).toEqual(['permanent', 'INVALID_FIELD', 0]);
});

describe('each documented error of a merge', () => {
  const RESULTS = ['UNABLE_TO_LOCK_ROW', 'MERGE_FAILED', 'DELETE_FAILED', 'FIELD_CUSTOM_VALIDATION_EXCEPTION'];
  const MORE_RESULTS = ['REQUIRED_FIELD_MISSING', 'STRING_TOO_LONG', 'INSUFFICIENT_ACCESS_OR_READONLY'];
  const LAST_RESULTS = ['CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'INVALID_TYPE_FOR_OPERATION', 'DUPLICATE_VALUE'];
  const KINDS: { [code: string]: string } = {
    UNABLE_TO_LOCK_ROW: 'retry-soon',
    INSUFFICIENT_ACCESS_OR_READONLY: 'auth',
  };
  const rows = [...RESULTS, ...MORE_RESULTS, ...LAST_RESULTS].map(
    (code) => [code, KINDS[code] ?? 'permanent'] as const,
  );

  it.each(rows)('%s in a 200 is %s', async (code, kind) => {
    const { crm, lookalike } = await openWorld();
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    lookalike.faults.add({ on: 'merge', how: { code, as: 'result' } });
    const error = await failureOf(crm.merge({ survivor: ada, losers: [bob] }));
    expect([error.kind, error.code, lookalike.org.absorbed]).toEqual([kind, code, 0]);
    expect(error.message).toBe(`salesforce: POST merge was refused with ${code}`);
  });

  it.each([
    ['SERVER_UNAVAILABLE', 'retry-soon'],
    ['REQUEST_RUNNING_TOO_LONG', 'retry-soon'],
    ['QUERY_TIMEOUT', 'retry-soon'],
    ['FUNCTIONALITY_TEMPORARILY_UNAVAILABLE', 'retry-soon'],
    ['INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE', 'retry-soon'],
    ['REQUEST_LIMIT_EXCEEDED', 'retry-after'],
    ['INVALID_SESSION_ID', 'auth'],
    ['API_DISABLED_FOR_ORG', 'auth'],
    ['UNKNOWN_EXCEPTION', 'ambiguous'],
    ['INVALID_FIELD', 'permanent'],
    ['MALFORMED_ID', 'permanent'],
  ])('%s as a fault is %s', async (code, kind) => {
    const { crm, lookalike } = await openWorld();
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    lookalike.faults.add({ on: 'merge', how: { code, as: 'fault' } });
    const error = await failureOf(crm.merge({ survivor: ada, losers: [bob] }));
    expect([error.kind, error.code]).toEqual([kind, code]);
  });

  it('promise 5: UNKNOWN_EXCEPTION after the merge took effect is in doubt, and locate tells', async () => {
    const { crm, lookalike } = await openWorld();
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    lookalike.faults.add({ on: 'merge', when: 'after-effect', how: { code: 'UNKNOWN_EXCEPTION' } });
    expect((await failureOf(crm.merge({ survivor: ada, losers: [bob] }))).kind).toBe('ambiguous');
    expect((await crm.locate([bob])).get(bob)).toEqual({ recordId: ada });
  });

  it.each(['before-effect', 'after-effect'] as const)(
    'promise 5: an answer that breaks off or is a page of HTML (%s) is in doubt',
    async (when) => {
      const page = '<html><body>We are down for maintenance.</body></html>';
      for (const how of ['cut-short', { status: 200, body: page }, { status: 502, body: page }] as const) {
        const { crm, lookalike } = await openWorld();
        const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
        lookalike.faults.add({ on: 'merge', when, how });
        expect((await failureOf(crm.merge({ survivor: ada, losers: [bob] }))).kind).toBe('ambiguous');
      }
    },
  );

  it('promise 5: an answer about other records than those asked for is in doubt', async () => {
    const { crm, lookalike } = await openWorld();
    const [ada, bob, eve] = [lookalike.seed('ada'), lookalike.seed('bob'), lookalike.seed('eve')];
    for (const body of [mergedAnswer(ada, [bob]), mergedAnswer(bob, [ada, eve]), mergedAnswer(ada, [])]) {
      lookalike.faults.add({ on: 'merge', how: { status: 200, body } });
      expect((await failureOf(crm.merge({ survivor: ada, losers: [bob, eve] }))).kind).toBe('ambiguous');
    }
  });

  it.each([301, 302, 307])('a redirect (%d) is not followed, and nothing has happened', async (status) => {
    const { crm, lookalike } = await openWorld();
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    lookalike.faults.add({ on: 'merge', how: { status, headers: { location: 'http://127.0.0.1:9/' } } });
    expect((await failureOf(crm.merge({ survivor: ada, losers: [bob] }))).kind).toBe('retry-soon');
  });
});

describe('the daily limit', () => {
  it('holds everything back for a quarter of an hour, and nothing is lost by it', async () => {
    const { crm, lookalike } = await openWorld({ dailyLimit: 1 });
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    await crm.find(['ada', 'bob'], []);
    const attempts = [
      () => crm.merge({ survivor: ada, losers: [bob] }),
      () => crm.find(['ada'], []),
      () => crm.update(ada, { values: { Fax: '1' } }),
    ];
    for (const attempt of attempts) {
      const error = await failureOf(attempt());
      expect([error.kind, error.code, error.retryAt]).toEqual(['retry-after', 'REQUEST_LIMIT_EXCEEDED', NOW + 900_000]);
    }
    lookalike.usage.limit = 10;
    await crm.merge({ survivor: ada, losers: [bob] });
    expect(lookalike.org.absorbed).toBe(1);
  });
});
