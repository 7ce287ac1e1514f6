import { CrmError } from '../../lib/errors.ts';
import { patiently } from '../../lib/linking/patience.ts';

const MINUTE = 60_000;

/** A CRM that fails so many times in a row, and the pauses that were made. */
function failing(times: number, failure: (now: number) => CrmError) {
  const clock = { now: 0, calls: 0, pauses: [] as number[] };
  const patience = {
    now: () => clock.now,
    async sleep(ms: number) {
      clock.pauses.push(ms);
      clock.now += ms;
    },
  };
  const ask = () =>
    patiently(patience, async () => {
      clock.calls += 1;
      if (clock.calls > 1_000) throw new Error('asked again and again');
      if (clock.calls <= times) throw failure(clock.now);
      return 'answer';
    });
  return { clock, ask };
}

const named = (inMs: number) => (now: number) =>
  new CrmError('retry-after', 'acme: later', { retryAt: now + inMs, code: 'BUSY' });

describe('a call that is made again', () => {
  it('waits as long as the CRM says', async () => {
    const { clock, ask } = failing(3, named(2 * MINUTE));
    expect(await ask()).toBe('answer');
    expect(clock.pauses).toEqual([2 * MINUTE, 2 * MINUTE, 2 * MINUTE]);
  });

  it('waits longer each time where the CRM says “at once” (Retry-After: 0)', async () => {
    const { clock, ask } = failing(12, named(0));
    expect(await ask()).toBe('answer');
    expect(clock.pauses.every((ms, index) => ms > 0 && ms >= (clock.pauses[index - 1] ?? 0))).toBe(true);
    expect(clock.pauses.at(-1)).toBe(30_000);
  });

  it('is not made for ever, whatever the CRM says', async () => {
    const { clock, ask } = failing(Number.POSITIVE_INFINITY, named(0));
    await expect(ask()).rejects.toMatchObject({ code: 'BUSY' });
    expect(clock.now).toBeGreaterThan(30 * MINUTE);
  });

  it('is made ten times where the CRM names no time, and not at all where time does not help', async () => {
    const busy = failing(Number.POSITIVE_INFINITY, () => new CrmError('retry-soon', 'acme: busy'));
    await expect(busy.ask()).rejects.toMatchObject({ kind: 'retry-soon' });
    expect(busy.clock.calls).toBe(10);
    const refused = failing(1, () => new CrmError('permanent', 'acme: no'));
    await expect(refused.ask()).rejects.toMatchObject({ kind: 'permanent' });
    expect(refused.clock.pauses).toEqual([]);
  });
});
