import { createCircuitBreaker } from '../../lib/crm/circuit-breaker.ts';
import { CrmError } from '../../lib/errors.ts';
import type { CommandCrm } from '../../lib/ports.ts';

/** A CRM that answers as the script says; after its end it answers well. */
function open(script: (CrmError | 'done')[]) {
  const clock = { now: 0 };
  const state = { calls: 0 };
  const crm: CommandCrm = {
    style: 'command',
    name: 'test',
    async send() {
      state.calls += 1;
      const next = script.shift() ?? 'done';
      if (next !== 'done') throw next;
      return { outcome: 'done' };
    },
  };
  const guarded = createCircuitBreaker(() => clock.now)(crm);
  const send = () => guarded.send({} as never, 'key').catch((error: CrmError) => error);
  return { clock, state, send, guarded };
}

const timeout = () => new CrmError('ambiguous', 'test: no answer', { code: 'TIMEOUT' });

describe('the circuit breaker', () => {
  it('promise 10: opens after three time-outs in a row, so that workers are free for other tenants', async () => {
    const { clock, state, send } = open([timeout(), timeout(), timeout(), timeout()]);
    for (let n = 0; n < 3; n++) await send();
    for (let n = 0; n < 100; n++) expect(await send()).toMatchObject({ kind: 'retry-after', retryAt: 5_000 });
    expect(state.calls).toBe(3);
    clock.now = 5_000;
    await send(); // One more try, and a longer pause.
    expect(await send()).toMatchObject({ kind: 'retry-after', retryAt: 15_000 });
    clock.now = 15_000;
    expect(await send()).toEqual({ outcome: 'done' });
    expect(await send()).toEqual({ outcome: 'done' });
  });

  it('stays closed when one contact times out and the others are answered', async () => {
    const { state, send } = open([timeout(), 'done', timeout(), 'done', timeout(), 'done', timeout(), 'done']);
    for (let n = 0; n < 8; n++) await send();
    expect(state.calls).toBe(8);
  });

  it('stays closed for answers, whatever they say', async () => {
    const { state, send } = open(
      Array.from({ length: 9 }, () => new CrmError('ambiguous', 'http: 502', { code: '502' })),
    );
    for (let n = 0; n < 9; n++) await send();
    expect(state.calls).toBe(9);
  });

  it('keeps its style, name and rules', () => {
    expect(open([]).guarded).toMatchObject({ style: 'command', name: 'test' });
  });
});
