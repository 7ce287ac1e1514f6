import { createKnownKeys, UNNAMED } from '../../lib/ledger/known-keys.ts';
import { createLinkIntents } from '../../lib/ledger/link-intents.ts';
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

  it('keeps every other event off the record for a quarter of an hour, and no longer', async () => {
    const { clock, documents } = shared();
    const intents = createLinkIntents(documents);
    expect(await intents.take(intent('e1'), NOW)).toBe(true);
    expect(await intents.take(intent('e2'), NOW)).toBe(false);
    expect(await intents.of('e1')).toEqual(intent('e1'));
    clock.now = NOW + 15 * MINUTE - 1;
    expect(await intents.take(intent('e2'), clock.now)).toBe(false);
    clock.now = NOW + 15 * MINUTE;
    expect(await intents.of('e1')).toBeUndefined();
    expect(await intents.take(intent('e2'), clock.now)).toBe(true);
  });

  it('is renewed by its own event, which then has the record for longer', async () => {
    const { clock, documents } = shared();
    const intents = createLinkIntents(documents);
    await intents.take(intent('e1'), NOW);
    clock.now = NOW + 10 * MINUTE;
    expect(await intents.take(intent('e1'), clock.now)).toBe(true);
    clock.now = NOW + 20 * MINUTE;
    expect(await intents.take(intent('e2'), clock.now)).toBe(false);
    expect(await intents.of('e1')).toEqual(intent('e1'));
  });

  it('holds one record of an event at a time as its last, and another event’s record is free', async () => {
    const { documents } = shared();
    const intents = createLinkIntents(documents);
    await intents.take(intent('e1', 'r1'), NOW);
    expect(await intents.take(intent('e1', 'r2'), NOW)).toBe(true);
    expect(await intents.of('e1')).toEqual(intent('e1', 'r2'));
    expect(await intents.take(intent('e2', 'r3'), NOW)).toBe(true);
  });

  it('is not had where another worker of the same event comes between', async () => {
    const { before, documents, others } = shared();
    before.push(() => createLinkIntents(others).take(intent('e1', 'r9'), NOW));
    expect(await createLinkIntents(documents).take(intent('e1'), NOW)).toBe(false);
    expect(await documents.get({ kind: 'link-record', id: 'r1' })).toBeUndefined();
  });

  it('is not had where another event takes the record between look and write', async () => {
    const { before, documents, others } = shared();
    before.push(
      async () => undefined,
      () => createLinkIntents(others).take(intent('e2'), NOW),
    );
    expect(await createLinkIntents(documents).take(intent('e1'), NOW)).toBe(false);
    expect((await documents.get({ kind: 'link-record', id: 'r1' }))?.value).toEqual(intent('e2'));
  });
});
