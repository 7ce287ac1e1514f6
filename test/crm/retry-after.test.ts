import { retryAfter } from '../../lib/crm/client.ts';
import { createTenantCrm } from '../../lib/crm/registry.ts';
import type { CommandCrm, Documents, MergeCommand } from '../../lib/ports.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const START = Date.UTC(2026, 10, 26, 12);
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** Workers that share the store alone, and a CRM that answers as told. */
function open(kind: 'http' | 'hubspot' | 'salesforce') {
  let time = START;
  const now = () => time;
  const ledger: Documents = asPort(createMemoryDocuments(now));
  const state = { calls: 0, answer: () => new Response(null, { status: 204 }) };
  const fetch = async () => {
    state.calls += 1;
    return state.answer();
  };
  const settings = {
    http: { kind, endpoint: 'https://crm.example', secret: SECRET },
    hubspot: { kind, token: 't' },
    salesforce: { kind, instanceUrl: 'https://acme.my.salesforce.com', credentials: { token: 't' } },
  }[kind];
  const newWorker = (tenant = 'acme') => {
    const parts = { fetch, now, sleep: async () => undefined, ledger };
    const command = { survivorId: 'a', loserIds: ['b'] } as unknown as MergeCommand;
    const call = async () => {
      const { crm } = await createTenantCrm(tenant, { crm: settings }, parts);
      return crm.style === 'command' ? (crm as CommandCrm).send(command, 'e') : crm.find(['a'], []);
    };
    return () => call().catch((error: unknown) => error);
  };
  const pass = (ms: number) => {
    time += ms;
  };
  return { state, newWorker, pass, now };
}

const asksForTenMinutes = (status: number) => () => new Response(null, { status, headers: { 'retry-after': '600' } });

describe('Retry-After', () => {
  const rows = (['http', 'hubspot', 'salesforce'] as const).flatMap((kind) =>
    [429, 503].map((status) => [kind, status] as const),
  );

  it.each(rows)('%s, %i: no worker makes a call in those ten minutes', async (kind, status) => {
    const { state, newWorker, pass } = open(kind);
    state.answer = asksForTenMinutes(status);
    await newWorker()();
    expect(state.calls).toBe(1);
    for (let minute = 0; minute < 10; minute++) {
      for (const call of [newWorker(), newWorker()]) expect(await call()).toMatchObject({ kind: 'retry-after' });
      pass(59_900);
    }
    expect(state.calls).toBe(1);
    pass(1_001);
    await newWorker()();
    expect(state.calls).toBe(2);
  });

  it('of one tenant’s CRM pauses that tenant alone', async () => {
    const { state, newWorker } = open('http');
    state.answer = asksForTenMinutes(429);
    await newWorker('acme')();
    state.answer = () => new Response(null, { status: 204 });
    expect(await newWorker('other')()).toEqual({ outcome: 'done' });
  });

  it('that is past or makes no sense pauses nothing', async () => {
    const { state, newWorker } = open('http');
    for (const text of ['0', '-600', 'soon', 'NaN', '1e9', new Date(START - 600_000).toUTCString()]) {
      state.answer = () => new Response(null, { status: 429, headers: { 'retry-after': text } });
      await newWorker()();
    }
    expect(state.calls).toBe(6);
  });

  it.each([
    ['600', 600_000],
    ['1.5', 1_500],
    ['600, 30', 600_000],
    ['99999999999', 86_400_000],
    ['Thu, 26 Nov 2026 12:10:00 GMT', 600_000],
    ['Thursday, 26-Nov-26 12:10:00 GMT', 600_000],
    ['Thu Nov 26 12:10:00 2026', 600_000],
    ['Thu, 26 Nov 2026 11:00:00 GMT', 0],
    ['-5', undefined],
    ['', undefined],
    ['tomorrow', undefined],
    ['2026', 2_026_000],
  ])('%j is read as RFC 9110 has it', (text, ms) => {
    const at = retryAfter(new Headers({ 'retry-after': text }), () => START);
    expect(at).toBe(ms === undefined ? undefined : START + ms);
  });
});
