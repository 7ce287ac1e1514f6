import { CrmError } from '../../lib/errors.ts';
import type { MergeEvent } from '../../lib/event.ts';
import { createKnownKeys } from '../../lib/ledger/known-keys.ts';
import { createLinkIntents } from '../../lib/ledger/link-intents.ts';
import { bindTenant } from '../../lib/ledger/tenant-documents.ts';
import { textsOfContact } from '../../lib/linking/candidates.ts';
import { candidatesOf, confirmCandidate } from '../../lib/linking/confirm-candidate.ts';
import { createContactLinks, writeLink } from '../../lib/linking/contact-links.ts';
import type { IdWrite, LinkableCrm } from '../../lib/ports.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

interface Row {
  mobile?: string[];
  email?: string[];
  ids?: string[];
}

/** A CRM of these records, `r0` first: what it was asked and what it was told to write is kept. */
function crmOf(rows: Row[], { isComplete = true, refuses = '' } = {}) {
  const written: IdWrite[] = [];
  const calls: string[] = [];
  const records = rows.map(({ mobile = [], email = [], ids = [] }, index) => ({
    recordId: `r${index}`,
    contactIds: ids,
    values: { mobile, email },
  }));
  const crm: LinkableCrm = {
    name: 'listed',
    keyProperties: { mobile: ['mobile'], email: ['email'] },
    batchSize: 100,
    scan: async () => ({ records }),
    async read(asked) {
      calls.push('read');
      return records.filter(({ recordId }) => asked.includes(recordId));
    },
    async find(asked) {
      calls.push('find');
      return records.flatMap(({ recordId, contactIds }) =>
        contactIds.filter((id) => asked.includes(id)).map((id) => ({ asked: id, recordId })),
      );
    },
    async search({ key, value }) {
      const found = records.filter(({ values }) => values[key].some((text) => value.includes(text)));
      return { recordIds: found.map(({ recordId }) => recordId), isComplete };
    },
    async writeIds(writes) {
      calls.push('write');
      written.push(...writes);
      return new Map(refuses === '' ? [] : writes.map(({ recordId }) => [recordId, refuses]));
    },
  };
  return { crm, written, calls };
}

const EVENT = {
  eventId: 'e1',
  survivorId: 's',
  loserIds: ['l'],
  changed: [],
  old: [
    { key: 'mobiles', value: ['13800138001'] },
    { key: 'email', value: 's@example.com' },
  ],
  mergedContacts: [{ mobiles: ['13800138002'], email: 'l@example.com' }],
} as unknown as MergeEvent;

function depsOf(crm: LinkableCrm) {
  const clock = { now: 1_000_000 };
  const linkIntents = createLinkIntents(bindTenant(asPort(createMemoryDocuments(() => clock.now)), 'acme'));
  const rules = { events: ['mobile' as const, 'email' as const], country: 'CN' };
  const attempts = { count: 0 };
  const attempt = <T>(call: () => Promise<T>) => {
    attempts.count += 1;
    return call();
  };
  return { crm, rules, linkIntents, now: () => clock.now, attempt, attempts };
}

describe('promise 12: what an event says of a contact before the merge', () => {
  it('of the survivor its old details, of the one loser its one entry', () => {
    expect(textsOfContact(EVENT, 's')).toEqual({ mobiles: ['13800138001'], emails: ['s@example.com'] });
    expect(textsOfContact(EVENT, 'l')).toEqual({ mobiles: ['13800138002'], emails: ['l@example.com'] });
  });

  it.each([
    ['a survivor without old details', { old: [] }, 's'],
    ['one of two losers', { loserIds: ['l', 'm'] }, 'l'],
    ['one of two losers with one entry each', { loserIds: ['l', 'm'], mergedContacts: [{}, {}] }, 'l'],
    ['one loser of two entries', { mergedContacts: [{ mobiles: [] }, { mobiles: [] }] }, 'l'],
    ['a loser without an entry', { mergedContacts: [] }, 'l'],
    ['a loser whose entry is no object', { mergedContacts: ['13800138002'] }, 'l'],
    ['a contact that it does not name', {}, 'x'],
  ])('nothing of %s', (_what, change, contact) => {
    expect(textsOfContact({ ...EVENT, ...change } as MergeEvent, contact)).toBeUndefined();
  });
});

describe('promise 12: the records that a contact may be', () => {
  it('hold one of its values: those with most keys first, with what they carry', async () => {
    const { crm } = crmOf([
      { email: ['s@example.com'] },
      { mobile: ['138 0013 8001'], email: ['S@example.com'], ids: ['other'] },
      { mobile: ['13800138001'] },
      { mobile: ['1380013800'] },
    ]);
    crm.search = async () => ({ recordIds: ['r0', 'r1', 'r2', 'r3'], isComplete: true });
    const [asked] = await candidatesOf(EVENT, ['s'], depsOf(crm));
    expect(asked?.contact).toBe('s');
    expect(asked?.candidates?.isComplete).toBe(true);
    expect(asked?.candidates?.records).toEqual([
      {
        recordId: 'r1',
        agrees: ['mobile', 'email'],
        contactIds: ['other'],
        values: { mobile: ['+8613800138001'], email: ['s@example.com'] },
      },
      { recordId: 'r0', agrees: ['email'], contactIds: [], values: { email: ['s@example.com'] } },
      { recordId: 'r2', agrees: ['mobile'], contactIds: [], values: { mobile: ['+8613800138001'] } },
    ]);
  });

  it('hold one of several values', async () => {
    const { crm } = crmOf([{ mobile: ['13800138001'] }]);
    const old = [{ key: 'mobiles', value: ['13800138001', '13800138003'] }];
    const [asked] = await candidatesOf({ ...EVENT, old } as unknown as MergeEvent, ['s'], depsOf(crm));
    expect(asked?.candidates?.records).toMatchObject([{ recordId: 'r0', agrees: ['mobile'] }]);
  });

  it('are not all, where the search found more than it names', async () => {
    const { crm } = crmOf([{ mobile: ['13800138001'] }], { isComplete: false });
    const [asked] = await candidatesOf(EVENT, ['s'], depsOf(crm));
    expect(asked?.candidates).toMatchObject({ isComplete: false, records: [{ recordId: 'r0' }] });
  });

  it('are not looked for where the event does not say what its values are', async () => {
    const { crm, calls } = crmOf([{ mobile: ['13800138001'] }]);
    const deps = depsOf(crm);
    expect(await candidatesOf(EVENT, ['x', 's'], deps)).toMatchObject([
      { contact: 'x', candidates: undefined },
      { contact: 's', candidates: { records: [{ recordId: 'r0' }] } },
    ]);
    expect([deps.attempts.count, calls]).toEqual([1, ['read']]);
  });
});

describe('promise 12: a record that is confirmed', () => {
  const said = { contact: 's', record: 'r0' };

  it('gets the id, by calls that are tried again where time helps', async () => {
    const { crm, written } = crmOf([{ email: ['s@example.com'] }]);
    const deps = depsOf(crm);
    expect(await confirmCandidate(EVENT, said, deps)).toBe('written');
    expect(written).toEqual([{ recordId: 'r0', contactId: 's' }]);
    expect(deps.attempts.count).toBe(2);
    expect(await deps.linkIntents.of('e1', 's')).toMatchObject({ eventId: 'e1', contactId: 's', recordId: 'r0' });
  });

  it.each([
    ['that has none of the contact’s values', 's', [{ mobile: ['13800138002'] }]],
    ['that is not there', 's', []],
    ['of a contact that the event says nothing of', 'x', [{ mobile: ['13800138001'] }]],
  ])('%s is none', async (_what, contact, rows) => {
    const { crm, written } = crmOf(rows);
    expect(await confirmCandidate(EVENT, { contact, record: 'r0' }, depsOf(crm))).toBe('not-a-candidate');
    expect(written).toEqual([]);
  });

  it('is left alone while another event writes on it', async () => {
    const { crm, written } = crmOf([{ mobile: ['13800138001'] }]);
    const deps = depsOf(crm);
    await deps.linkIntents.takeRecord({ eventId: 'e0', contactId: 'x', recordId: 'r0' }, deps.now());
    expect(await confirmCandidate(EVENT, said, deps)).toBe('busy');
    expect(written).toEqual([]);
  });

  it.each([
    ['carries another’s id', [{ mobile: ['13800138001'], ids: ['x'] }]],
    ['is not the one that carries the contact’s', [{ mobile: ['13800138001'] }, { ids: ['s'] }]],
  ])('is not written on where it %s', async (_what, rows) => {
    const { crm, written } = crmOf(rows);
    expect(await confirmCandidate(EVENT, said, depsOf(crm))).toBe('record-changed');
    expect(written).toEqual([]);
  });
});

describe('writing one id', () => {
  it('is done where it stands there, without a further call', async () => {
    const { crm, calls } = crmOf([{ ids: ['x', 's'] }]);
    expect([await writeLink(crm, 'r0', 's'), calls]).toEqual(['written', ['read']]);
  });

  it('on a record that is gone is not', async () => {
    const { crm, written } = crmOf([]);
    expect([await writeLink(crm, 'r0', 's'), written]).toEqual(['record-changed', []]);
  });

  it('that the CRM refuses says so, with its code', async () => {
    const { crm } = crmOf([{}], { refuses: 'INVALID' });
    await expect(writeLink(crm, 'r0', 's')).rejects.toMatchObject({
      kind: 'permanent',
      code: 'INVALID',
      message: 'listed: the id of a record was refused',
    });
  });
});

describe('the links of a tenant', () => {
  const known = (isOutOfTime: () => boolean) => ({
    knownKeys: { owners: async () => [] } as never,
    newSalt: () => 'salt',
    survivorsOf: async () => new Map<string, string>(),
    isOutOfTime,
  });
  const RULES = { events: ['mobile' as const], country: 'CN', sharedByAtMost: 2 };

  it('open their CRM with the first event, and once', async () => {
    const { crm } = crmOf([{}, {}]);
    let opened = 0;
    const links = createContactLinks(async () => {
      opened += 1;
      return crm;
    }, RULES);
    expect(opened).toBe(0);
    const inTime = known(() => false);
    expect([await links.write('r0', 's', inTime), await links.write('r1', 't', inTime)]).toEqual([
      'written',
      'written',
    ]);
    expect(opened).toBe(1);
  });

  it('remember and decide by the rules of the tenant', async () => {
    const { crm } = crmOf([{ mobile: ['13800138001'] }]);
    const links = createContactLinks(async () => crm, RULES);
    const knownKeys = createKnownKeys(bindTenant(asPort(createMemoryDocuments(() => 0)), 'acme'));
    const rules = { ...known(() => false), knownKeys };
    const ada = { contactId: 's', mobiles: ['138 0013 8001'], emails: undefined };
    const remembered = { at: 1, contacts: 0, keys: ['mobile'], country: 'CN' };
    await knownKeys.setBase({ salt: 'salt', remembered });
    expect(await links.decide(ada, rules)).toEqual({ recordId: 'r0' });
    await links.remember({ ...ada, contactId: 'other' }, rules);
    expect(await links.decide(ada, rules)).toEqual({ not: 'several-contacts' });
  });

  it('begin no call once the time is up', async () => {
    const { crm, calls, written } = crmOf([{}]);
    const links = createContactLinks(async () => crm, RULES);
    const afterOne = known(() => calls.length > 0);
    const failure = await links.write('r0', 's', afterOne).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'OutOfTime', message: 'the function’s time is used up' });
    expect(failure).not.toBeInstanceOf(CrmError);
    expect([calls, written]).toEqual([['read'], []]);
  });
});
