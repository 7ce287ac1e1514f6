import fc from 'fast-check';
import { createKnownKeys, UNNAMED } from '../../lib/ledger/known-keys.ts';
import { bindTenant } from '../../lib/ledger/tenant-documents.ts';
import { decideLink } from '../../lib/linking/decide-link.ts';
import { sealOf } from '../../lib/linking/link-plan.ts';
import { planLinks } from '../../lib/linking/plan-links.ts';
import { rememberContact } from '../../lib/linking/remember-contact.ts';
import type { LinkRules } from '../../lib/linking/search-records.ts';
import { type LinkableCrm, type LinkRecord, MAX_FOUND } from '../../lib/ports.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

interface Person {
  mobiles: string[];
  emails: string[];
}
const RULES: LinkRules = { events: ['mobile', 'email'], country: 'CN', sharedByAtMost: 2 };
const EXPORT = { at: 1, contacts: 0, keys: ['mobile', 'email'], country: 'CN' };
const PROPERTIES = { mobile: ['mobile'], email: ['email'] };

/** A CRM of these records; its search answers all that hold the text. */
function crmOf(records: (Person & { contactIds: string[] })[]): LinkableCrm {
  const rows: LinkRecord[] = records.map(({ mobiles, emails, contactIds }, index) => ({
    recordId: `r${index}`,
    contactIds,
    values: { mobile: mobiles, email: emails },
  }));
  return {
    name: 'listed',
    keyProperties: PROPERTIES,
    batchSize: 100,
    scan: async () => ({ records: rows }),
    async read(ids) {
      expect(ids.length).toBeLessThanOrEqual(100);
      return rows.filter(({ recordId }) => ids.includes(recordId));
    },
    find: async (ids) =>
      rows.flatMap(({ recordId, contactIds }) =>
        contactIds.filter((id) => ids.includes(id)).map((asked) => ({ asked, recordId })),
      ),
    async search({ key, value }) {
      const holders = rows.filter(({ values }) => (values[key] ?? []).some((text) => value.includes(text)));
      const recordIds = holders.map(({ recordId }) => recordId).slice(0, MAX_FOUND);
      return { recordIds, isComplete: holders.length <= MAX_FOUND };
    },
    writeIds: async () => new Map(),
  };
}

/** What is remembered of the others, and whether an export was. */
async function knownOf(others: [string, Person][], isRemembered = true) {
  const knownKeys = createKnownKeys(bindTenant(asPort(createMemoryDocuments(() => 0)), 'acme'));
  const { salt } = await knownKeys.base(() => 'salt');
  for (const [id, { mobiles, emails }] of others) {
    const seals = [
      ...mobiles.map((text) => sealOf(salt, 'mobile', `+86${text}`)),
      ...emails.map((text) => sealOf(salt, 'email', text)),
    ];
    await knownKeys.remember(id, seals);
  }
  if (isRemembered) await knownKeys.setBase({ salt, remembered: { ...EXPORT, contacts: others.length } });
  return knownKeys;
}

const deps = (crm: LinkableCrm, knownKeys: Awaited<ReturnType<typeof knownOf>>, survivors = new Map()) => ({
  crm,
  knownKeys,
  rules: RULES,
  newSalt: () => 'salt',
  survivorsOf: async () => survivors,
});

const ADA: Person = { mobiles: ['13800138001'], emails: ['ada@example.com'] };
const withKeys = (mobiles: string[], emails: string[] = []): Person => ({ mobiles, emails });

describe('promise 12: an event about one contact is linked', () => {
  const decide = async (
    records: (Person & { contactIds?: string[] })[],
    others: [string, Person][] = [],
    texts: Partial<Person> = ADA,
  ) => {
    const crm = crmOf(records.map((one) => ({ contactIds: [], ...one })));
    const { mobiles, emails } = texts;
    return decideLink({ contactId: 'ada', mobiles, emails }, deps(crm, await knownOf(others)));
  };

  it('where its key leads to one record, and that record to nobody else that is known', async () => {
    expect(await decide([ADA, withKeys(['13800138002'])], [['bob', withKeys(['13800138002'])]])).toEqual({
      recordId: 'r0',
    });
  });

  it.each([
    ['several-records', [withKeys(ADA.mobiles), withKeys(ADA.mobiles)], []],
    ['several-contacts', [withKeys(ADA.mobiles)], [['bob', withKeys(ADA.mobiles)]]],
    ['stronger-key-disagrees', [withKeys(['13800138009'], ADA.emails)], []],
    ['stronger-key-disagrees', [withKeys(['13800138009'], ADA.emails)], [['bob', withKeys(['13800138009'])]]],
    ['record-has-another-id', [{ ...ADA, contactIds: ['bob'] }], []],
    ['no-match', [withKeys(['13800138002'])], []],
    ['key-of-many', [withKeys(ADA.mobiles)], ['b', 'c'].map((id): [string, Person] => [id, ADA])],
  ] as [string, (Person & { contactIds?: string[] })[], [string, Person][]][])(
    'and not, but %s',
    async (not, records, others) => expect(await decide(records, others)).toEqual({ not }),
  );

  it('and not where the event leaves out a key: what it does not say may disagree', async () => {
    expect(await decide([ADA], [], { emails: ADA.emails })).toEqual({ not: 'details-incomplete' });
    expect(await decide([ADA], [], { mobiles: [], emails: [] })).toEqual({ not: 'no-key' });
  });

  it('and not by more than four numbers and addresses: each is a search', async () => {
    const numbers = ['1', '2', '3', '4', '5'].map((last) => `1380013800${last}`);
    expect(await decide([withKeys(['13800138001'])], [], withKeys(numbers.slice(1), ['a@x.cn']))).toEqual({
      not: 'too-many-values',
    });
    expect(await decide([withKeys(['13800138001'])], [], withKeys(numbers.slice(0, 3), ['a@x.cn']))).toEqual({
      recordId: 'r0',
    });
  });

  it('and asks who was merged of those that have its values, and of those that a record carries', async () => {
    const crm = crmOf([{ ...withKeys(ADA.mobiles), contactIds: ['eve'] }]);
    const asked: string[] = [];
    const known = deps(crm, await knownOf([['bob', withKeys(ADA.mobiles)]]));
    const survivorsOf = async (ids: string[]) => {
      asked.push(...ids);
      return new Map(ids.map((id): [string, string] => [id, 'ada']));
    };
    expect(await decideLink({ contactId: 'ada', ...ADA }, { ...known, survivorsOf })).toEqual({
      not: 'carries-merged-id',
    });
    expect(asked.sort()).toEqual(['bob', 'eve']);
  });

  it('and another contact’s own keys count, all of them', async () => {
    const others: [string, Person][] = [['bob', { mobiles: ['13800138001', '13800138002'], emails: ['b@x.cn'] }]];
    const records = [{ mobiles: ['13800138001', '13800138002'], emails: [], contactIds: [] }];
    expect(await decide(records, others, withKeys(['13800138002']))).toEqual({ not: 'several-contacts' });
    expect(await decide(records, others, withKeys(['13800138001']))).toEqual({ not: 'several-contacts' });
  });

  it('and not where no export is remembered; the event itself is', async () => {
    const known = deps(crmOf([{ ...ADA, contactIds: [] }]), await knownOf([], false));
    await rememberContact({ contactId: 'ada', ...ADA }, known);
    expect(await decideLink({ contactId: 'ada', ...ADA }, known)).toEqual({ not: 'export-not-known' });
    await known.knownKeys.setBase({ ...(await known.knownKeys.base(() => 'other')), remembered: EXPORT });
    expect(await decideLink({ contactId: 'bob', ...ADA }, known)).toEqual({ not: 'several-contacts' });
  });

  it.each([
    ['by fewer keys than the rules name', { keys: ['mobile'] }],
    ['with its numbers at home elsewhere', { country: 'HK' }],
  ])('and not where the export was remembered %s', async (_how, other) => {
    const known = deps(crmOf([{ ...ADA, contactIds: [] }]), await knownOf([]));
    await known.knownKeys.setBase({ salt: 'salt', remembered: { ...EXPORT, ...other } });
    expect(await decideLink({ contactId: 'ada', ...ADA }, known)).toEqual({ not: 'export-not-known' });
  });

  it('and not once an event was remembered with its numbers at home elsewhere, until the next export is', async () => {
    const known = deps(crmOf([{ ...ADA, contactIds: [] }]), await knownOf([]));
    await rememberContact({ contactId: 'bob', ...ADA }, { ...known, rules: { ...RULES, country: 'HK' } });
    expect(await decideLink({ contactId: 'ada', ...ADA }, known)).toEqual({ not: 'export-not-known' });
    await known.knownKeys.setBase({ salt: 'salt', remembered: EXPORT });
    expect(await decideLink({ contactId: 'ada', ...ADA }, known)).toEqual({ recordId: 'r0' });
  });

  it('and not by a key that events were not linked by when another contact with it came', async () => {
    const known = deps(crmOf([{ mobiles: [], emails: ADA.emails, contactIds: [] }]), await knownOf([]));
    const bob = { contactId: 'bob', mobiles: [], emails: ADA.emails };
    await rememberContact(bob, { ...known, rules: { ...RULES, events: ['mobile'] } });
    expect(await decideLink({ contactId: 'ada', ...ADA }, known)).toEqual({ not: 'several-contacts' });
  });

  it('and not by a value of more contacts than are remembered, though all of these were merged into it', async () => {
    const olds = Array.from({ length: 50 }, (_, index) => `old${index}`);
    const survivors = new Map(olds.map((old) => [old, 'ada']));
    const crm = crmOf([{ ...withKeys(ADA.mobiles), contactIds: [] }]);
    const others = olds.map((old): [string, Person] => [old, withKeys(ADA.mobiles)]);
    const ada = { contactId: 'ada', ...withKeys(ADA.mobiles) };
    const asked: string[] = [];
    const known = (some: [string, Person][]) =>
      knownOf(some).then((knownKeys) => ({
        ...deps(crm, knownKeys, survivors),
        survivorsOf: async (ids: string[]) => {
          asked.push(...ids);
          return survivors;
        },
      }));
    expect(await decideLink(ada, await known(others.slice(1)))).toEqual({ recordId: 'r0' });
    expect(await decideLink(ada, await known([...others, ['bob', withKeys(ADA.mobiles)]]))).toEqual({
      not: 'several-contacts',
    });
    expect(asked).not.toContain(UNNAMED);
  });

  // A search finds more than what holds the value: these records hold a part of it.
  const alike = (count: number) => Array.from({ length: count }, () => withKeys(['138001380']));

  it('and not where a second record is found behind more than one read takes', async () => {
    const records = [withKeys(['13800138001']), ...alike(99), withKeys(['13800138002'])];
    expect(await decide(records, [], withKeys(['13800138001', '13800138002']))).toEqual({ not: 'several-records' });
  });

  it('and not where a search found more records than it names', async () => {
    expect(await decide([withKeys(ADA.mobiles), ...alike(99)])).toEqual({ recordId: 'r0' });
    expect(await decide([withKeys(ADA.mobiles), ...alike(100)])).toEqual({ not: 'too-many-records' });
  });

  it('to a record that carries its id already not again, and of two that do to none', async () => {
    expect(await decide([{ ...ADA, contactIds: ['ada'] }])).toEqual({ carriedBy: 'r0' });
    const twice = { ...ADA, contactIds: ['ada'] };
    expect(await decide([twice, twice])).toEqual({ not: 'id-on-several-records' });
  });

  it('a number that a contact merged into it had is its own', async () => {
    const crm = crmOf([{ ...ADA, contactIds: [] }]);
    const known = deps(crm, await knownOf([['old', ADA]]), new Map([['old', 'ada']]));
    expect(await decideLink({ contactId: 'ada', ...ADA }, known)).toEqual({ recordId: 'r0' });
  });

  it('keeps values only as hashes', async () => {
    const documents = createMemoryDocuments(() => 0);
    const seen: string[] = [];
    const port = asPort(documents);
    const watched = {
      ...port,
      put: (...args: Parameters<typeof port.put>) => {
        seen.push(JSON.stringify(args));
        return port.put(...args);
      },
    };
    const knownKeys = createKnownKeys(bindTenant(watched as typeof port, 'acme'));
    await rememberContact({ contactId: 'ada', ...ADA }, deps(crmOf([]), knownKeys));
    expect(seen.length).toBeGreaterThan(2);
    for (const text of seen) expect(text).not.toMatch(/13800138001|ada@example/);
  });
});

// Few values, so that they are shared, disagree and cross all the time.
const NUMBERS = ['13800138001', '13800138002', '13800138003', '13800138004'];
const person = fc.record({
  mobiles: fc.uniqueArray(fc.constantFrom(...NUMBERS), { maxLength: 2 }),
  emails: fc.uniqueArray(fc.constantFrom('a@x.cn', 'b@x.cn', 'c@x.cn'), { maxLength: 2 }),
});
const ids = fc.constantFrom('ada', 'bob', 'eve', 'kim', 'lee');

describe('promise 12: for any contacts, records and events', () => {
  it('an event links nothing that a plan of the whole export would not link', () =>
    fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(ids, person), { selector: ([id]) => id, minLength: 1, maxLength: 5 }),
        fc.array(fc.record({ who: person, id: fc.option(ids, { nil: undefined, freq: 3 }) }), {
          minLength: 1,
          maxLength: 5,
        }),
        async (contacts, listed) => {
          const records = listed.map(({ who, id }) => ({ ...who, contactIds: id === undefined ? [] : [id] }));
          const [[contactId, texts] = ['', ADA]] = contacts;
          const decision = await decideLink(
            { contactId, ...texts },
            deps(crmOf(records), await knownOf(contacts.slice(1))),
          );
          const keysOf = ({ mobiles, emails }: Person) => ({
            mobile: mobiles.map((text) => `+86${text}`),
            email: emails,
          });
          const [row] = planLinks(
            contacts.map(([id, one]) => ({ contactId: id, lines: [], keys: keysOf(one) })),
            records.map((one, index) => ({ recordId: `r${index}`, contactIds: one.contactIds, keys: keysOf(one) })),
            { keys: RULES.events, sharedByAtMost: RULES.sharedByAtMost, survivors: new Map() },
          );
          if ('recordId' in decision)
            expect(row).toMatchObject({ class: 'matched', recordIds: [decision.recordId], writes: contactId });
        },
      ),
      { numRuns: 1500 },
    ));
});
