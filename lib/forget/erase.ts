import type { Ledger } from '../ledger/ledger.ts';
import { DEFAULT_TIMING } from '../ledger/timing.ts';
import { marksErased } from '../ledger/transitions.ts';
import type { Now } from '../ports.ts';
import { type Erasable, isUnderWay } from './plan-erasure.ts';

export interface EraseDeps {
  ledger: Ledger;
  now: Now;
  /** The operator's name; kept with the event. */
  by: string;
}

/**
 * Erases what an event says of persons; ids, state, times, aliases and calls stay. May end at any point and be run again:
 * the event is marked first, and from then on nothing plans it. @returns false, and nothing erased, where it is on its way
 * by now. @throws StoreError
 */
export async function eraseEvent({ eventId }: Pick<Erasable, 'eventId'>, deps: EraseDeps): Promise<boolean> {
  const { ledger, now } = deps;
  const record = await mark(eventId, deps);
  if (!record?.erased) return false;
  const expiresAt = now() + DEFAULT_TIMING.journalMs;
  await ledger.plans.erase(eventId, expiresAt);
  await ledger.undoPlans.erase(eventId, expiresAt);
  await ledger.contents.erase(record.digest);
  return true;
}

async function mark(eventId: string, { ledger, now, by }: EraseDeps) {
  const taken = { at: now(), by, action: 'forget' as const };
  const stored = await ledger.events.update(eventId, (record) =>
    record.erased || isUnderWay(record) ? undefined : marksErased(record, taken),
  );
  return stored?.value;
}
