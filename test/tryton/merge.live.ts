import { createTrytonCrm } from '../../lib/crm/tryton/tryton.ts';
import { CrmError } from '../../lib/errors.ts';
import type { Json } from '../../lib/json.ts';
import type { Fetch } from '../../lib/ports.ts';
import { access, makeCategories, mechanismOf, openPart, rpc } from './live.ts';

beforeAll(makeCategories);

function openTryton(fetchFor?: Fetch) {
  const part = openPart();
  const crm = createTrytonCrm({ ...access(fetchFor), identifierPrefix: part.prefix });
  const party = async (recordId: string) => (await part.parties()).find((one) => one.recordId === recordId);
  return { ...part, crm, party };
}

async function failureOf(attempt: Promise<unknown>): Promise<CrmError> {
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CrmError);
  return error as CrmError;
}

/** Tryton's wizard without our guards. */
async function replaceUnguarded(source: string, destination: string): Promise<void> {
  const call = (method: string, params: Json[]) =>
    rpc.ask({ method: `wizard.party.replace.${method}`, params, repeatable: false });
  const started = await call('create', [{}]);
  const [session] = 'result' in started ? (started.result as number[]) : [];
  const ask = { source: Number(source), destination: Number(destination) };
  expect(await call('execute', [session ?? 0, { ask }, 'replace', {}])).toHaveProperty('result');
}

describe('Tryton by itself, without our guards (if these fail, Tryton has learned and the guards may go)', () => {
  it('lets a party replace itself, and it is gone', async () => {
    const { seed, party, crm } = openTryton();
    const ada = await seed('ada');
    await replaceUnguarded(ada, ada);
    expect(await party(ada)).toMatchObject({ active: false, replacedBy: ada });
    expect((await crm.locate([ada])).get(ada)).toBe('gone');
  });

  it('lets a party go into one that was replaced already', async () => {
    const { seed, party } = openTryton();
    const [ada, bob, eve] = [await seed('ada'), await seed('bob'), await seed('eve')];
    await replaceUnguarded(bob, ada);
    await replaceUnguarded(eve, bob);
    expect(await party(eve)).toMatchObject({ active: false, replacedBy: bob });
  });
});

describe('a merge in Tryton', () => {
  it('of parties with different names is confirmed, and what hung on the loser hangs on the survivor, archived', async () => {
    const { seed, party, crm } = openTryton();
    const ada = await seed('ada', { name: 'Ada' });
    const bob = await seed('bob', { name: 'Bob', other: 'of bob' });
    await crm.merge({ survivor: ada, losers: [bob] });
    expect(await party(bob)).toMatchObject({ active: false, replacedBy: ada });
    const survivor = await party(ada);
    expect(survivor?.mechanisms).toMatchObject([{ value: 'of bob' }]);
    expect(survivor && mechanismOf(survivor, 'other')).toBeNull();
  });

  it.each<[string, (crm: ReturnType<typeof openTryton>, ids: string[]) => Promise<unknown>, string]>([
    ['of a party with itself', ({ crm }, [ada = '']) => crm.merge({ survivor: ada, losers: [ada] }), 'INVALID_MERGE'],
    [
      'of a party with itself under another spelling',
      ({ crm }, [ada = '']) => crm.merge({ survivor: ada, losers: [`0${ada}`] }),
      'INVALID_MERGE',
    ],
    [
      'into a party that was replaced already',
      async ({ crm }, [ada = '', bob = '', eve = '']) => {
        await crm.merge({ survivor: ada, losers: [bob] });
        await crm.merge({ survivor: bob, losers: [eve] });
      },
      'survivor-replaced',
    ],
    [
      'of a loser that was replaced already',
      async ({ crm }, [ada = '', bob = '', eve = '']) => {
        await crm.merge({ survivor: ada, losers: [bob] });
        await crm.merge({ survivor: eve, losers: [bob] });
      },
      'loser-replaced',
    ],
    [
      'into an archived party',
      async ({ crm }, [ada = '', bob = '']) => {
        const params = [[Number(ada)], { active: false }, {}];
        await rpc.call({ method: 'model.party.party.write', params, repeatable: true });
        await crm.merge({ survivor: ada, losers: [bob] });
      },
      'survivor-archived',
    ],
  ])('promise 6: %s is refused, and no party changes', async (_, attempt, code) => {
    const tryton = openTryton();
    const ids = [await tryton.seed('ada'), await tryton.seed('bob'), await tryton.seed('eve')];
    const error = await failureOf(attempt(tryton, ids));
    expect([error.kind, error.code]).toEqual(['permanent', code]);
    const replaced = (await tryton.parties()).filter(({ replacedBy }) => replacedBy !== undefined);
    expect(replaced.length).toBe(code.endsWith('-replaced') ? 1 : 0);
    expect(replaced.every(({ replacedBy }) => replacedBy === ids[0])).toBe(true);
  });

  it('promise 5: locate follows chains from every link to the end', async () => {
    const { seed, crm } = openTryton();
    const ids: string[] = [];
    for (let link = 0; link < 7; link++) ids.push(await seed(`link-${link}`));
    for (let link = 1; link < ids.length; link++)
      await crm.merge({ survivor: ids[link] ?? '', losers: [ids[link - 1] ?? ''] });
    const home = { recordId: ids.at(-1) };
    expect(await crm.locate(ids)).toEqual(new Map(ids.map((id) => [id, home])));
    expect(await crm.locate(ids.slice(0, 1))).toEqual(new Map([[ids[0], home]]));
  });

  it('promise 5: five workers with the same merge absorb the loser once, and can all find out', async () => {
    const { seed, parties, crm } = openTryton();
    const [ada, bob] = [await seed('ada', { name: 'Ada' }), await seed('bob', { name: 'Bob' })];
    const attempts = Array.from({ length: 5 }, () => crm.merge({ survivor: ada, losers: [bob] }));
    const failures = (await Promise.allSettled(attempts)).filter(({ status }) => status === 'rejected');
    for (const failure of failures) expect((failure as PromiseRejectedResult).reason).toBeInstanceOf(CrmError);
    expect((await crm.locate([bob])).get(bob)).toEqual({ recordId: ada });
    expect((await parties()).filter(({ active }) => active).map(({ recordId }) => recordId)).toEqual([ada]);
  });

  it('promise 6: two workers that merge a pair in opposite directions at once do not both succeed', async () => {
    const { seed, crm } = openTryton();
    for (let round = 0; round < 5; round++) {
      const [ada, bob] = [await seed(`ada-${round}`), await seed(`bob-${round}`)];
      const attempts = [crm.merge({ survivor: ada, losers: [bob] }), crm.merge({ survivor: bob, losers: [ada] })];
      const succeeded = (await Promise.allSettled(attempts)).filter(({ status }) => status === 'fulfilled');
      expect(succeeded.length).toBeLessThanOrEqual(1);
    }
  });

  it('of many pairs at once by parallel workers ends with every pair merged', async () => {
    const { seed, parties, crm } = openTryton();
    const pairs: [string, string][] = [];
    for (let pair = 0; pair < 12; pair++) pairs.push([await seed(`s-${pair}`), await seed(`l-${pair}`)]);
    await Promise.all(pairs.map(([survivor, loser]) => untilMerged(crm, survivor, loser)));
    const ended = new Map((await parties()).map(({ recordId, replacedBy }) => [recordId, replacedBy]));
    for (const [survivor, loser] of pairs)
      expect([ended.get(survivor), ended.get(loser)]).toEqual([undefined, survivor]);
  });

  it('promise 5: is refused by Tryton when the loser changes meanwhile, and can be tried again', async () => {
    let change: (() => Promise<unknown>) | undefined;
    const meddling: Fetch = async (url, init) => {
      if (String(init.body).includes('replace.execute')) await change?.();
      return fetch(url, init);
    };
    const { seed, party, crm } = openTryton(meddling);
    const [ada, bob] = [await seed('ada'), await seed('bob')];
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // With SQLite Tryton's marks count seconds.
    change = () =>
      rpc.call({ method: 'model.party.party.write', params: [[Number(bob)], { name: 'New' }, {}], repeatable: true });
    const error = await failureOf(crm.merge({ survivor: ada, losers: [bob] }));
    expect([error.kind, error.code]).toEqual(['retry-soon', 'ConcurrencyException']);
    expect(await party(bob)).toMatchObject({ active: true, replacedBy: undefined });
    change = undefined;
    await crm.merge({ survivor: ada, losers: [bob] });
  });
});

/** As the queue would: again after every `retry-soon`, and a look after everything else. */
async function untilMerged(crm: ReturnType<typeof createTrytonCrm>, survivor: string, loser: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      await crm.merge({ survivor, losers: [loser] });
      return;
    } catch (error) {
      if (!(error instanceof CrmError) || error.kind === 'auth') throw error;
      const place = (await crm.locate([loser])).get(loser);
      if (place !== 'gone' && place?.recordId === survivor) return;
    }
  }
  throw new Error('the merge never succeeded');
}

describe('sessions', () => {
  it('that end in the middle are renewed, once for many calls', async () => {
    const logins: string[] = [];
    let token: string | undefined;
    const listening: Fetch = async (url, init) => {
      token = new Headers(init.headers).get('authorization') ?? token;
      if (String(init.body).includes('common.db.login')) logins.push('login');
      return fetch(url, init);
    };
    const { seed, crm } = openTryton(listening);
    const [ada, bob] = [await seed('ada'), await seed('bob')];
    await crm.find(['ada'], []);
    const { baseUrl, database } = access();
    await fetch(`${baseUrl}/${database}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: token ?? '' },
      body: JSON.stringify({ id: 1, method: 'common.db.logout', params: [] }),
    });
    await Promise.all([crm.find(['ada'], []), crm.find(['bob'], []), crm.merge({ survivor: ada, losers: [bob] })]);
    expect(logins).toHaveLength(2);
  });

  it('are refused to a wrong password, as a matter of credentials', async () => {
    const crm = createTrytonCrm({ ...access(), username: 'unknown', password: 'wrong-password' });
    const error = await failureOf(crm.find(['ada'], []));
    expect(error.kind).toBe('auth');
    expect(error.message).not.toContain('wrong-password');
  });
});

describe('what is written', () => {
  it('clears all telephone numbers of a kind, so that the second does not take the place of the first', async () => {
    const { seed, party, crm } = openTryton();
    const ada = await seed('ada');
    const mechanisms = [
      [
        'create',
        [
          { type: 'email', value: 'a@example.com' },
          { type: 'email', value: 'b@example.com' },
        ],
      ],
    ];
    const params = [[Number(ada)], { contact_mechanisms: mechanisms }, {}];
    await rpc.call({ method: 'model.party.party.write', params, repeatable: true });
    await crm.update(ada, { values: { email: null } });
    const cleared = await party(ada);
    expect(cleared && mechanismOf(cleared, 'email')).toBeNull();
    await crm.update(ada, { values: { email: 'c@example.com', mobile: '+86 130 0000 0000' } });
    const [found] = await crm.find(['ada'], ['email', 'mobile', 'phone']);
    expect(found?.record.values).toMatchObject({ email: 'c@example.com', mobile: expect.stringContaining('130') });
  });

  it('is nothing at all when a category is not known', async () => {
    const { seed, party, crm } = openTryton();
    const ada = await seed('ada', { name: 'Ada' });
    const error = await failureOf(crm.update(ada, { values: { name: 'New', categories: ['mauve'] } }));
    expect([error.kind, error.code]).toEqual(['permanent', 'category-unknown']);
    expect((await party(ada))?.name).toBe('Ada');
  });

  it('to an archived or merged party is refused', async () => {
    const { seed, crm } = openTryton();
    const [ada, bob] = [await seed('ada'), await seed('bob')];
    await crm.merge({ survivor: ada, losers: [bob] });
    expect((await failureOf(crm.update(bob, { values: { name: 'x' } }))).kind).toBe('permanent');
  });
});
