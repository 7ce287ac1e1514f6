import { CrmError, OutOfTime } from '../../lib/errors.ts';
import { createKnownKeys, UNNAMED } from '../../lib/ledger/known-keys.ts';
import { createLinkIntents, type LinkIntent, type LinkIntents } from '../../lib/ledger/link-intents.ts';
import { bindTenant } from '../../lib/ledger/tenant-documents.ts';
import type { Documents, PutOptions } from '../../lib/ports.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const NOW = Date.UTC(2026, 0, 5, 8);
const MINUTE = 60_000;
const REMEMBERED = { at: NOW, contacts: 2, keys: ['mobile'], country: 'CN' };

/** Documents between whose reads and writes another writer may come. */
function shared() {
  const clock = { now: NOW };
  const memory = asPort(createMemoryDocuments(() => clock.now));
  const options: PutOptions[] = [];
  const before: (() => Promise<unknown>)[] = [];
  const put: Documents['put'] = async (key, value, how) => {
    await before.shift()?.();
    options.push(how);
    return memory.put(key, value, how);
  };
  const documents = bindTenant({ ...memory, put }, 'acme');
  return { clock, options, before, documents, others: bindTenant(memory, 'acme') };
}

describe('promise 12: what is known of 尘锋’s keys', () => {
  it('has one salt, whoever asks first', async () => {
    const { before, documents, others } = shared();
    const known = createKnownKeys(documents);
    before.push(() => createKnownKeys(others).base(() => 'theirs'));
    expect(await known.base(() => 'ours')).toEqual({ salt: 'theirs' });
    expect(await known.base(() => 'later')).toEqual({ salt: 'theirs' });
  });

  it('is that of the last export, though another writer comes between', async () => {
    const { before, documents, others } = shared();
    const known = createKnownKeys(documents);
    before.push(() => createKnownKeys(others).base(() => 'theirs'));
    await known.setBase({ salt: 's', remembered: REMEMBERED });
    expect(await known.base(() => 'x')).toEqual({ salt: 's', remembered: REMEMBERED });
  });

  it('is no export’s once a contact went by: the salt stays', async () => {
    const { before, documents, others } = shared();
    const known = createKnownKeys(documents);
    await known.forgetExport();
    await known.setBase({ salt: 's', remembered: REMEMBERED });
    before.push(() => createKnownKeys(others).setBase({ salt: 't', remembered: REMEMBERED }));
    await known.forgetExport();
    expect(await known.base(() => 'x')).toEqual({ salt: 't' });
  });

  it('is not written again where no export is remembered', async () => {
    const { options, documents } = shared();
    const known = createKnownKeys(documents);
    await known.forgetExport();
    await known.base(() => 's');
    await known.forgetExport();
    expect(options).toHaveLength(1);
  });

  it('names the contacts of each value, each once, in the order that was asked', async () => {
    const { before, options, documents, others } = shared();
    const known = createKnownKeys(documents);
    before.push(() => createKnownKeys(others).remember('B', ['one']));
    await known.remember('A', ['one', 'two']);
    await known.remember('A', ['one', 'two']);
    expect(await known.owners(['two', 'none', 'one'])).toEqual([['A'], [], ['B', 'A']]);
    expect(options).toHaveLength(3);
  });

  it('asks nothing where there is no value', async () => {
    const { documents } = shared();
    const getMany = () => Promise.reject(new Error('asked'));
    expect(await createKnownKeys({ ...documents, getMany }).owners([])).toEqual([]);
  });

  it('names fifty owners of a value, and says where there may be more', async () => {
    const { documents } = shared();
    const known = createKnownKeys(documents);
    const ids = Array.from({ length: 51 }, (_, index) => `c${index}`);
    for (const id of ids.slice(0, 49)) await known.remember(id, ['s']);
    expect((await known.owners(['s']))[0]).toEqual(ids.slice(0, 49));
    for (const id of ids.slice(49)) await known.remember(id, ['s']);
    expect((await known.owners(['s']))[0]).toEqual([...ids.slice(0, 50), UNNAMED]);
  });

  it('holds no contact’s name for those that are not named', () => {
    expect(Buffer.from(UNNAMED, 'utf8').toString('utf8')).not.toBe(UNNAMED);
  });
});

describe('promise 12: the intent to write an id on a record', () => {
  const intent = (eventId: string, recordId = 'r1') => ({ eventId, contactId: `c-${eventId}`, recordId });
  const SETTLE = 5 * MINUTE;
  /** Whether a call is made under this intent. */
  const take = async (intents: LinkIntents, wanted: LinkIntent, at: number) =>
    (await intents.during(wanted, { at, settleMs: SETTLE }, async () => 'written')) === 'written';
  const failing = (intents: LinkIntents, wanted: LinkIntent, at: number, error: Error) =>
    intents.during(wanted, { at, settleMs: SETTLE }, () => Promise.reject(error));
  const of = (intents: LinkIntents, eventId: string) => intents.of(eventId, `c-${eventId}`);

  it('keeps every other event off the record for a quarter of an hour, and no longer', async () => {
    const { clock, documents } = shared();
    const intents = createLinkIntents(documents);
    expect(await take(intents, intent('e1'), NOW)).toBe(true);
    expect(await take(intents, intent('e2'), NOW)).toBe(false);
    expect(await of(intents, 'e1')).toMatchObject(intent('e1'));
    clock.now = NOW + 15 * MINUTE - 1;
    expect(await take(intents, intent('e2'), clock.now)).toBe(false);
    clock.now = NOW + 15 * MINUTE;
    expect(await of(intents, 'e1')).toBeUndefined();
    expect(await take(intents, intent('e2'), clock.now)).toBe(true);
  });

  it('is renewed by its own event, which then has the record for longer', async () => {
    const { clock, documents } = shared();
    const intents = createLinkIntents(documents);
    await take(intents, intent('e1'), NOW);
    clock.now = NOW + 10 * MINUTE;
    expect(await take(intents, intent('e1'), clock.now)).toBe(true);
    clock.now = NOW + 20 * MINUTE;
    expect(await take(intents, intent('e2'), clock.now)).toBe(false);
    expect(await of(intents, 'e1')).toMatchObject(intent('e1'));
  });

  it('allows no second call for the contact, on whatever record, while one without an answer may still arrive', async () => {
    const { documents } = shared();
    const intents = createLinkIntents(documents);
    const silence = new CrmError('ambiguous', 'silence');
    await expect(failing(intents, intent('e1'), NOW, silence)).rejects.toBe(silence);
    expect(await take(intents, intent('e1'), NOW + SETTLE - 1)).toBe(false);
    expect(await take(intents, intent('e1', 'r2'), NOW + SETTLE - 1)).toBe(false);
    expect(await of(intents, 'e1')).toMatchObject(intent('e1'));
    expect(await take(intents, intent('e1', 'r2'), NOW + SETTLE)).toBe(true);
    expect(await of(intents, 'e1')).toMatchObject(intent('e1', 'r2'));
  });

  it('waits five minutes for an answer, where nothing else is said', async () => {
    const intents = createLinkIntents(shared().documents);
    const call = async (at: number) => intents.during(intent('e1'), { at }, async () => 'written');
    expect([await call(NOW), await call(NOW + SETTLE - 1), await call(NOW + SETTLE)]).toEqual([
      'written',
      'busy',
      'written',
    ]);
  });

  it('a process that was killed in the middle of the call has had no answer', async () => {
    const intents = createLinkIntents(shared().documents);
    void intents.during(intent('e1'), { at: NOW, settleMs: SETTLE }, () => new Promise(() => undefined));
    await new Promise(setImmediate);
    expect(await take(intents, intent('e1'), NOW + SETTLE - 1)).toBe(false);
    expect(await take(intents, intent('e1'), NOW + SETTLE)).toBe(true);
  });

  it.each([
    ['refused', new CrmError('permanent', 'no')],
    ['told to come later', new CrmError('retry-soon', 'busy')],
    ['out of time before the call', new OutOfTime('late')],
  ])('is over where it is known that nothing was written: %s', async (_what, error) => {
    const intents = createLinkIntents(shared().documents);
    await expect(failing(intents, intent('e1'), NOW, error)).rejects.toBe(error);
    expect(await of(intents, 'e1')).toBeUndefined();
    expect(await take(intents, intent('e1'), NOW)).toBe(true);
  });

  it('is over where the record had changed and nothing was sent', async () => {
    const intents = createLinkIntents(shared().documents);
    await intents.during(intent('e1'), { at: NOW, settleMs: SETTLE }, async () => 'record-changed');
    expect(await of(intents, 'e1')).toBeUndefined();
    expect(await take(intents, intent('e1', 'r2'), NOW)).toBe(true);
  });

  it('of another contact of the event stands by itself, and another event’s record is free', async () => {
    const intents = createLinkIntents(shared().documents);
    await take(intents, intent('e1', 'r1'), NOW);
    expect(await take(intents, { ...intent('e1', 'r2'), contactId: 'other' }, NOW)).toBe(true);
    expect(await of(intents, 'e1')).toMatchObject(intent('e1', 'r1'));
    expect(await take(intents, intent('e2', 'r3'), NOW)).toBe(true);
  });

  it('is not had where another worker of the same event comes between', async () => {
    const { before, documents, others } = shared();
    before.push(() => take(createLinkIntents(others), intent('e1', 'r9'), NOW));
    expect(await take(createLinkIntents(documents), intent('e1'), NOW)).toBe(false);
    expect(await documents.get({ kind: 'link-record', id: 'r1' })).toBeUndefined();
  });

  it('a late refusal says nothing of the call that another worker of the event has made since', async () => {
    const intents = createLinkIntents(shared().documents);
    const refused = intents.during(intent('e1'), { at: NOW, settleMs: SETTLE }, async () => {
      await failing(intents, intent('e1'), NOW + SETTLE, new CrmError('ambiguous', 'silence')).catch(() => undefined);
      throw new CrmError('permanent', 'no');
    });
    await expect(refused).rejects.toThrow('no');
    expect(await take(intents, intent('e1'), NOW + SETTLE + 1)).toBe(false);
  });

  it('is not had where another event takes the record between look and write, and is had once that is over', async () => {
    const { before, clock, documents, others } = shared();
    before.push(
      async () => undefined,
      () => take(createLinkIntents(others), intent('e2'), NOW),
    );
    const intents = createLinkIntents(documents);
    expect(await take(intents, intent('e1'), NOW)).toBe(false);
    expect((await documents.get({ kind: 'link-record', id: 'r1' }))?.value).toEqual(intent('e2'));
    expect(await of(intents, 'e1')).toBeUndefined();
    clock.now = NOW + 15 * MINUTE;
    expect(await take(intents, intent('e1'), clock.now)).toBe(true);
  });
});
