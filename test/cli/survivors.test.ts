import { mergedAway, survivorsOf } from '../../lib/cli/link/survivors.ts';
import { createLedger } from '../../lib/ledger/ledger.ts';
import type { Documents } from '../../lib/ports.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

/** A ledger with B and C merged into each other's successors: B → C → D, and X by itself. */
async function open() {
  const memory = asPort(createMemoryDocuments(() => 0));
  const requests = { reads: 0, writes: 0 };
  const documents: Documents = {
    ...memory,
    getMany: (keys) => {
      requests.reads += 1;
      return memory.getMany(keys);
    },
    put: (...write) => {
      requests.writes += 1;
      return memory.put(...write);
    },
  };
  const ledger = createLedger({ events: documents, ledger: documents }, 'main');
  await ledger.contacts.update('B', () => ({ mergedInto: 'C', mergedBy: 'e1' }));
  await ledger.contacts.update('C', () => ({ mergedInto: 'D', mergedBy: 'e2' }));
  await ledger.contacts.update('X', () => ({ clocks: {} }));
  Object.assign(requests, { reads: 0, writes: 0 });
  return { ledger, requests };
}

describe('who the contacts of an export are now', () => {
  it('is the end of the chain for those that were merged away; others are left out', async () => {
    const { ledger } = await open();
    const survivors = await survivorsOf(ledger, ['B', 'C', 'D', 'X', 'unknown']);
    expect([...survivors]).toEqual([
      ['B', 'D'],
      ['C', 'D'],
    ]);
  });

  it('comes with the event that merged each away', async () => {
    const { ledger } = await open();
    expect([...(await mergedAway(ledger, ['B', 'C', 'X']))]).toEqual([
      ['B', { survivor: 'D', event: 'e1' }],
      ['C', { survivor: 'D', event: 'e2' }],
    ]);
  });

  it('is read in batches, a link of the chains at a time, and nothing is written', async () => {
    const { ledger, requests } = await open();
    await survivorsOf(ledger, ['B', ...Array.from({ length: 500 }, (_, index) => `c${index}`)]);
    expect(requests).toEqual({ reads: 3, writes: 0 });
  });

  it('has an end where the ledger holds a circle', async () => {
    const { ledger } = await open();
    await ledger.contacts.update('D', () => ({ mergedInto: 'B', mergedBy: 'e3' }));
    expect((await survivorsOf(ledger, ['B'])).get('B')).toBe('D');
  });
});
