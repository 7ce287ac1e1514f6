import { createHubspotCrm } from '../../lib/crm/hubspot/hubspot.ts';
import { createSalesforceCrm } from '../../lib/crm/salesforce/salesforce.ts';
import { createStaticSession } from '../../lib/crm/salesforce/session.ts';
import { CrmError } from '../../lib/errors.ts';
import type { RecordCrm } from '../../lib/ports.ts';
import { createAccount, ID_PROPERTY, seedContact } from '../crm/hubspot/portal-world.ts';
import type { HubspotQuirks } from '../lookalikes/hubspot-account.ts';
import { createSalesforceLookalike } from '../lookalikes/salesforce.ts';
import { createModelCrm, HUBSPOT_LIKE } from './crms.ts';
import { type Clock, createMergeWorld, HOUR, MINUTE, START, type Told } from './merge-world.ts';

const CONTACTS = ['s', 'a', 'b', 'x'];
const TOLD: Told = { id: 'e1', survivor: 's', losers: ['a', 'b'], changed: { remark: 'new' }, at: START / 1000 };

/** A CRM of four people, and what its own users may do to their records. */
interface Hands {
  crm: RecordCrm;
  /** A further record, with this contact id. */
  add(contact: string): void;
  /** The property that `remark` is mapped to. */
  remark: string;
  remove(contact: string): void;
  /** Another contact id, or none. */
  relabel(contact: string, contactId: string): void;
  merge(into: string, from: string): void;
  write(contact: string, remark: string): void;
  /** Contact id → remark, of the records that are there. */
  people(): { [contact: string]: string };
}

function hubspot(clock: Clock, quirks: Partial<HubspotQuirks> = {}): Hands {
  const account = createAccount({ quirks });
  const { portal } = account;
  const ids = new Map(CONTACTS.map((contact) => [contact, seedContact(account, contact)]));
  const of = (contact: string) => portal.byId(ids.get(contact) ?? '')?.id ?? '';
  const access = { token: 'pat-test', now: () => clock.now, sleep: async () => undefined, timeoutMs: 10_000 };
  return {
    crm: createHubspotCrm({ ...access, fetch: account.fetch }),
    remark: 'remark',
    add: (contact) => void seedContact(account, contact),
    remove: (contact) => portal.remove(of(contact)),
    relabel: (contact, contactId) => void portal.update(of(contact), { [ID_PROPERTY]: contactId }),
    merge: (into, from) => void portal.merge(of(into), of(from)),
    write: (contact, remark) => void portal.update(of(contact), { remark }),
    people: () =>
      Object.fromEntries(
        [...portal.contacts.values()].map(({ values }) => [values.get(ID_PROPERTY), values.get('remark') ?? '']),
      ),
  };
}

function salesforce(): Hands {
  const { org, seed, sessions, fetch } = createSalesforceLookalike();
  const ids = new Map(CONTACTS.map((contact) => [contact, seed(contact)]));
  const row = (id: string): ReturnType<typeof org.update> => {
    const found = org.row(id) ?? org.insert({});
    return found.MasterRecordId ? row(found.MasterRecordId) : found;
  };
  const of = (contact: string) => row(ids.get(contact) ?? '');
  const session = createStaticSession(sessions.issue());
  const options = { instanceUrl: 'https://acme.my.salesforce.com', timeoutMs: 10_000, journalFields: [] };
  return {
    crm: createSalesforceCrm({ ...options, session, fetch, now: Date.now }),
    remark: 'Description',
    add: (contact) => void seed(contact),
    remove: (contact) => void Object.assign(of(contact), { IsDeleted: true }),
    relabel: (contact, contactId) => void org.update(of(contact).Id, { [org.idField]: contactId || null }),
    merge: (into, from) => void org.merge(of(into).Id, [of(from).Id], {}),
    write: (contact, remark) => void org.update(of(contact).Id, { Description: remark }),
    people: () =>
      Object.fromEntries(
        [...org.rows.values()]
          .filter(({ IsDeleted }) => !IsDeleted)
          .map(({ fields }) => [fields[org.idField] ?? '', String(fields.Description ?? '')]),
      ),
  };
}

/** As Tryton merges: no new id, the loser stays as an archived record that leads to the survivor. */
function model(): Hands {
  const { crm, model } = createModelCrm({ rules: { ...HUBSPOT_LIKE, newIdAfterMerge: false, fillsBlanks: false } });
  const ids = new Map(CONTACTS.map((contact) => [contact, model.seed(contact, {})]));
  const of = (contact: string) => {
    const place = model.locate([ids.get(contact) ?? '']).get(ids.get(contact) ?? '');
    return typeof place === 'object' ? place.recordId : '';
  };
  return {
    crm,
    remark: 'remark',
    add: (contact) => void model.seed(contact, {}),
    remove: (contact) => void model.records.delete(of(contact)),
    relabel: (contact, contactId) =>
      void Object.assign(model.records.get(of(contact)) ?? {}, { contactId: contactId || undefined }),
    merge: (into, from) => void model.merge(of(into), [of(from)]),
    write: (contact, remark) => model.update(of(contact), { values: { remark } }),
    people: () =>
      Object.fromEntries(
        [...model.records.values()].map(({ contactId, values }) => [contactId ?? '', String(values.remark ?? '')]),
      ),
  };
}

type Moment = 'merge' | 'update';

/** The CRM turns the first call of a kind away for a quarter of an hour; people use the time. */
async function meanwhile(
  open: (clock: Clock) => Hands,
  moment: Moment,
  act: (hands: Hands) => void,
  { overwrite = 'always', before }: { overwrite?: string; before?: (hands: Hands) => void } = {},
) {
  const clock = { now: START };
  const hands = open(clock);
  before?.(hands);
  let isOver = false;
  const turnAway = (call: Moment) => {
    if (isOver || call !== moment) return;
    isOver = true;
    act(hands);
    throw new CrmError('retry-after', 'busy', { code: 'BUSY', retryAt: clock.now + 15 * MINUTE });
  };
  const crm: RecordCrm = {
    ...hands.crm,
    async merge(merge) {
      turnAway('merge');
      return hands.crm.merge(merge);
    },
    async update(recordId, write) {
      turnAway('update');
      return hands.crm.update(recordId, write);
    },
  };
  const world = createMergeWorld({ crm, clock, mapping: { remark: { to: hands.remark, overwrite } } });
  await world.receive(TOLD);
  await world.drain(6 * HOUR);
  expect(isOver).toBe(true);
  const locked = await Promise.all(['s', 'a', 'b'].map((contact) => world.contact(contact)));
  expect(locked.map(({ lockedBy }) => lockedBy)).toEqual([undefined, undefined, undefined]);
  const { state, reason } = await world.record('e1');
  const again = async () => {
    await world.operate('e1', 'replay');
    await world.drain();
    return { state: (await world.record('e1')).state, people: hands.people() };
  };
  return { end: [state, reason ?? ''], people: hands.people(), again };
}

const CRMS: [string, (clock: Clock) => Hands][] = [
  ['HubSpot', (clock) => hubspot(clock)],
  ['HubSpot that takes writes to old ids', (clock) => hubspot(clock, { oldIdsAreWritable: true })],
  ['Salesforce', salesforce],
  ['a CRM as Tryton', model],
];

describe.each(CRMS)('promise 6: while a plan waits before its merge, people at %s', (_name, open) => {
  it('give a loser’s record to another contact: it is not merged, and a replay plans anew', async () => {
    const { end, people, again } = await meanwhile(open, 'merge', ({ relabel }) => relabel('a', 'z'));
    expect(end).toEqual(['parked', 'loser-record-lost-its-contact-id']);
    expect(people).toEqual({ s: '', z: '', b: '', x: '' });
    expect(await again()).toEqual({ state: 'applied', people: { s: 'new', z: '', x: '' } });
  });

  it('take the contact id off a loser’s record, as `link --undo` does: it is not merged', async () => {
    const { end, people } = await meanwhile(open, 'merge', ({ relabel }) => relabel('a', ''));
    expect(end).toEqual(['parked', 'loser-record-lost-its-contact-id']);
    expect(people).toEqual({ s: '', '': '', b: '', x: '' });
  });

  it.each(['z', ''])(
    'change the contact id of the survivor’s record to “%s”: nothing is merged into it',
    async (id) => {
      const { end, people } = await meanwhile(open, 'merge', ({ relabel }) => relabel('s', id));
      expect(end).toEqual(['parked', 'survivor-record-lost-its-contact-id']);
      expect(people).toEqual({ [id]: '', a: '', b: '', x: '' });
    },
  );

  it('merge a loser into a stranger’s record: the stranger is not merged', async () => {
    const { end, people } = await meanwhile(open, 'merge', ({ merge }) => merge('x', 'a'));
    expect(end).toEqual(['parked', 'loser-merged-away-in-crm']);
    expect(people).toEqual({ s: '', b: '', x: '' });
  });

  it('merge the survivor into a stranger’s record: nothing is merged into the stranger', async () => {
    const { end, people } = await meanwhile(open, 'merge', ({ merge }) => merge('x', 's'));
    expect(end).toEqual(['parked', 'survivor-merged-away-in-crm']);
    expect(people).toEqual({ a: '', b: '', x: '' });
  });

  it('merge just what the event is about: the rest is done', async () => {
    const { end, people } = await meanwhile(open, 'merge', ({ merge }) => merge('s', 'a'));
    expect({ end, people }).toEqual({ end: ['applied', ''], people: { s: 'new', x: '' } });
  });

  it('delete a loser’s record: the others are merged', async () => {
    const { end, people } = await meanwhile(open, 'merge', ({ remove }) => remove('a'));
    expect({ end, people }).toEqual({ end: ['applied', ''], people: { s: 'new', x: '' } });
  });

  it('delete the survivor’s record: parked, and a replay makes a loser’s record the survivor’s', async () => {
    const { end, people, again } = await meanwhile(open, 'merge', ({ remove }) => remove('s'));
    expect(end).toEqual(['parked', 'merged-elsewhere-in-crm']);
    expect(people).toEqual({ a: '', b: '', x: '' });
    expect(await again()).toEqual({ state: 'applied', people: { s: 'new', x: '' } });
  });

  it('make a record for the survivor, which a loser’s was to become: nothing is merged, and a replay plans anew', async () => {
    const before = ({ remove }: Hands) => remove('s');
    const { end, people, again } = await meanwhile(open, 'merge', ({ add }) => add('s'), { before });
    expect(end).toEqual(['parked', 'two-records-for-one-contact']);
    expect(people).toEqual({ s: '', a: '', b: '', x: '' });
    expect(await again()).toEqual({ state: 'applied', people: { s: 'new', x: '' } });
  });

  it('fill in a property that is only written where it is empty: their value stays', async () => {
    const { end, people } = await meanwhile(open, 'merge', ({ write }) => write('s', 'by hand'), {
      overwrite: 'if-empty',
    });
    expect({ end, people }).toEqual({ end: ['applied', ''], people: { s: 'by hand', x: '' } });
  });
});

const PAIR_CRMS = CRMS.filter(([name]) => name !== 'Salesforce'); // It sets the values with the merge.

describe.each(PAIR_CRMS)('while a plan waits between its merges and its update, people at %s', (_name, open) => {
  it.each(['z', ''])('change the contact id of the record to “%s”: nothing is written on it', async (id) => {
    const { end, people } = await meanwhile(open, 'update', ({ relabel }) => relabel('s', id));
    expect(end).toEqual(['parked', 'survivor-record-lost-its-contact-id']);
    expect(people).toEqual({ [id]: '', x: '' });
  });

  it('make a record for the survivor, which this one was to become: no two records get one id', async () => {
    const before = ({ remove }: Hands) => remove('s');
    const { end, people, again } = await meanwhile(open, 'update', ({ add }) => add('s'), { before });
    expect(end).toEqual(['parked', 'two-records-for-one-contact']);
    expect(people).toEqual({ s: '', a: '', x: '' });
    expect(await again()).toEqual({ state: 'applied', people: { s: 'new', x: '' } });
  });

  it('merge the record into a stranger’s: nothing is written there', async () => {
    const { end, people } = await meanwhile(open, 'update', ({ merge }) => merge('x', 's'));
    expect(end).toEqual(['parked', 'survivor-merged-away-in-crm']);
    expect(people).toEqual({ x: '' });
  });

  it('merge a stranger’s record into it: the fields are written', async () => {
    const { end, people, again } = await meanwhile(open, 'update', ({ merge }) => merge('s', 'x'));
    if (end[0] === 'parked') expect((await again()).people).toEqual({ s: 'new' });
    else expect(people).toEqual({ s: 'new' });
  });

  it('fill in a property that is only written where it is empty: their value stays', async () => {
    const { end, people } = await meanwhile(open, 'update', ({ write }) => write('s', 'by hand'), {
      overwrite: 'if-empty',
    });
    expect({ end, people }).toEqual({ end: ['applied', ''], people: { s: 'by hand', x: '' } });
  });
});
