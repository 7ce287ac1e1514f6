import { namedMergeInput, readNamedMerge, seedDemoCrm } from '../../lib/cli/named-merge.ts';
import { startDemoCrm } from '../../lib/local/demo-crm/demo-crm.ts';
import { run } from './console.ts';

const NOW = Date.UTC(2026, 10, 27);
const MERGE = { main: 'A', losers: ['B', 'C'] };

describe('B8: send --main A --merge B C', () => {
  it('is the merge of these contacts, as of now, that changes no field', () => {
    const input = namedMergeInput(MERGE, { now: () => NOW });
    if (!('body' in input)) throw new Error('not an event');
    expect(input.body).toMatchObject({ mainID: 'A', mergedIDs: ['B', 'C'], changed: {}, triggerTs: NOW / 1000 });
  });

  it.each([[['--main', 'A']], [['--merge', 'B']], [['--seed']], [['merge.json', '--main', 'A', '--merge', 'B']]])(
    'needs both and no file: %j',
    async (args) => {
      expect(await run(['send', ...args], { files: { 'merge.json': '{}' } })).toMatchObject({ code: 2 });
    },
  );

  it('is not there where nothing is named', () => {
    expect(readNamedMerge({}, undefined)).toBeUndefined();
    expect(readNamedMerge({ main: 'A', merge: ['B', 'C'] }, undefined)).toEqual(MERGE);
  });

  it('--seed makes what the demo CRM does not know, and leaves what it knows as it is', async () => {
    const demo = await startDemoCrm({ secret: `whsec_${'A'.repeat(32)}`, now: () => NOW });
    demo.contacts.put('A', { remark: 'mine' });
    const stack = { tenant: 'local', eventsTable: 'e', ledgerTable: 'l', queueUrl: 'q', outcomesQueueUrl: 'o' };
    const address = { ...stack, dynamodb: 'http://127.0.0.1:1', sqs: 'http://127.0.0.1:1', demoCrm: demo.url };
    const world = (url: string, init: RequestInit) =>
      url.endsWith('/_local/stack') ? Promise.resolve(Response.json(address)) : fetch(url, init);
    const io = { fetch: world } as Parameters<typeof seedDemoCrm>[2];
    const url = new URL('http://127.0.0.1:3000/callback/local');
    expect(await seedDemoCrm(url, MERGE, io)).toEqual(['B', 'C']);
    expect(await seedDemoCrm(url, MERGE, io)).toEqual([]);
    expect(demo.contacts.get('A')?.fields).toEqual({ remark: 'mine' });
    const elsewhere = { fetch: async () => Response.json({ ...address, demoCrm: null }) } as unknown as typeof io;
    await expect(seedDemoCrm(url, MERGE, elsewhere)).rejects.toThrow(/demo CRM only/);
    await demo.close(0);
  });
});
