import type { Field } from '../../event.ts';
import { inParallel } from '../../in-parallel.ts';
import type { FieldClock } from '../../ledger/contacts.ts';
import type { EventLedger } from '../../ledger/ledger.ts';
import { readEvent } from '../load-event.ts';
import type { Governed } from './choose-fields.ts';

/**
 * Fields as the events that govern them had them: the ledger keeps no values, the stored events do. A field whose
 * event has expired is left alone, unless it was emptied: that much the clock knows.
 */
export async function earlierFields(ledger: EventLedger, governed: Governed[]): Promise<Field[]> {
  const eventIds = [...new Set(governed.map(([, clock]) => clock.eventId))];
  const events = new Map(await inParallel(eventIds, async (id) => [id, await readEvent(ledger, id)] as const));
  return governed.flatMap(([key, clock]) => {
    const event = events.get(clock.eventId);
    const field = event && [...event.changed, ...event.old].find((one) => one.key === key);
    return field ?? emptied(key, clock);
  });
}

const emptied = (key: string, clock: FieldClock): Field[] =>
  clock.cleared ? [{ key, value: '', cleared: true, wire: '' }] : [];
