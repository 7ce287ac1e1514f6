import { CrmError } from '../../lib/errors.ts';
import { createScriptedCrm } from './crms.ts';
import { createMergeWorld, HOUR, MINUTE, START } from './merge-world.ts';

const EVENT = { id: 'e', survivor: 's', losers: ['l'] };
const HALF_AN_HOUR = 1_800;

/** The waits that the log names while a CRM fails like this, in seconds. */
async function waitsLogged(error: (now: number) => CrmError, forMs: number): Promise<number[]> {
  const clock = { now: START };
  const { crm } = createScriptedCrm();
  crm.send = async () => {
    throw error(clock.now);
  };
  const world = createMergeWorld({ crm, clock });
  await world.receive(EVENT);
  await world.drain(forMs);
  const waits = world.lines.map((line) => JSON.parse(line)).filter(({ metric }) => metric === 'waiting');
  return waits.map(({ waitSeconds }) => waitSeconds);
}

describe('promise 7: the log says for how long an event waits for its CRM (alarm crm-waiting)', () => {
  it('a CRM that is down: from its first failure, so that half an hour is seen half an hour later', async () => {
    const waits = await waitsLogged(() => new CrmError('retry-soon', 'http: 503'), HOUR);
    expect(waits.toSorted((a, b) => a - b)).toEqual(waits);
    expect(waits[0]).toBeLessThan(60);
    expect(waits.some((seconds) => seconds >= HALF_AN_HOUR && seconds < 2 * HALF_AN_HOUR)).toBe(true);
  });

  it('a CRM that asks for a long wait: at once', async () => {
    const [first] = await waitsLogged((now) => new CrmError('retry-after', 'quota', { retryAt: now + HOUR }), MINUTE);
    expect(first).toBe(HOUR / 1000);
  });
});
