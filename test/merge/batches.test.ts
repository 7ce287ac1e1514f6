import { createHandler } from '../../functions/apply/handler.ts';
import { createLedger } from '../../lib/ledger/ledger.ts';
import { DEFAULT_TIMING } from '../../lib/ledger/timing.ts';
import type { Room, TenantCrm } from '../../lib/merge/tenant-crm.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const NOW = 1_000_000;

/** A handler whose reads take a moment, so that events of one batch can meet; there are no events behind the pointers. */
const roomOf = (atOnce: number, isFull: boolean): Room => ({
  atOnce: () => atOnce,
  isFull: () => isFull,
  comeBack: async (events) => ({ firstMs: 5_000, lastMs: 5_000 + events * 1_000 }),
});

function open(room: Room | undefined) {
  const sent: { eventId: string; delaySeconds: number | undefined }[] = [];
  const state = { reading: 0, mostAtOnce: 0, reads: 0 };
  const memory = asPort(createMemoryDocuments(() => NOW));
  const documents = {
    ...memory,
    get: async (key: Parameters<typeof memory.get>[0]) => {
      state.reads += 1;
      state.reading += 1;
      state.mostAtOnce = Math.max(state.mostAtOnce, state.reading);
      await new Promise((resolve) => setImmediate(resolve));
      state.reading -= 1;
      return memory.get(key);
    },
  } as typeof memory;
  const handler = createHandler({
    ledger: (tenant) => createLedger({ events: documents, ledger: documents }, tenant),
    queue: { send: async ({ eventId }, delaySeconds) => void sent.push({ eventId, delaySeconds }) },
    tenantCrm: async () => ({ ...(room && { room }) }) as TenantCrm,
    now: () => NOW,
    newId: () => 'id',
    random: () => 0.5,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    timing: DEFAULT_TIMING,
  });
  const Records = Array.from({ length: 10 }, (_, index) => ({
    messageId: `m${index}`,
    body: JSON.stringify({ tenant: 'acme', eventId: `e${index}` }),
  }));
  const runWith = (event: unknown) => handler(event as never, { getRemainingTimeInMillis: () => 60_000 });
  const run = () => runWith({ Records });
  return { run, runWith, Records, sent, state };
}

describe('a tenant’s events of one batch', () => {
  it('are applied in turn where nothing is known of what its CRM bears', async () => {
    const { run, state } = open(undefined);
    expect(await run()).toEqual({ batchItemFailures: [] });
    expect(state).toMatchObject({ reads: 10, mostAtOnce: 1 });
  });

  it('are applied as many at once as there is room', async () => {
    const { run, state } = open(roomOf(4, false));
    expect(await run()).toEqual({ batchItemFailures: [] });
    expect(state).toMatchObject({ reads: 10, mostAtOnce: 4 });
  });

  it('go back to the queue unopened while the rate limit has no turn for them, each with a place of its own', async () => {
    const { run, state, sent } = open(roomOf(4, true));
    expect(await run()).toEqual({ batchItemFailures: [] });
    expect(state.reads).toBe(0);
    expect(sent.map(({ delaySeconds }) => delaySeconds)).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  });
});

describe('what is no message of ours', () => {
  it.each([['{}'], ['no JSON'], ['null'], ['[]'], ['7'], [''], ['{"tenant":"acme","eventId":7}']])(
    'as “%s” in a batch fails by itself, and the others are applied',
    async (body) => {
      const { runWith, Records, state } = open(undefined);
      const odd = { messageId: 'odd', body };
      expect(await runWith({ Records: [odd, ...Records] })).toEqual({ batchItemFailures: [{ itemIdentifier: 'odd' }] });
      expect(state.reads).toBe(10);
    },
  );

  it.each([{}, { key1: 'value1' }, { requestContext: { http: { method: 'GET' } } }])(
    'as the event %j of the AWS console does nothing and is no failure',
    async (event) => {
      const { runWith, state } = open(undefined);
      expect(await runWith(event)).toEqual({ batchItemFailures: [] });
      expect(state.reads).toBe(0);
    },
  );
});
