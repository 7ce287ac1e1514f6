import type { MergeEvent } from '../event.ts';
import { inParallel } from '../in-parallel.ts';
import type { EventRecord } from '../ledger/event-record.ts';
import type { JournalEntry } from '../ledger/journal.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Plan } from '../ledger/plans.ts';
import type { UndoPlan } from '../ledger/undo-plans.ts';
import { loadEvent } from './load-event.ts';

/** All that the ledger keeps of an event. Holds personal data. */
export interface EventStory {
  record: EventRecord;
  /** Nothing of an event that is no merge, cannot be read or whose payload has expired. */
  event: MergeEvent | undefined;
  /** Every plan that is still kept, the first one first. */
  plans: Plan[];
  /** Every plan of taking its merge back that is still kept, the first one first. */
  undoPlans: UndoPlan[];
  /** In the order of time. */
  journal: JournalEntry[];
}

export async function readEventStory(ledger: Ledger, record: EventRecord): Promise<EventStory> {
  const numbers = Array.from({ length: record.plan }, (_, index) => index + 1);
  const [event, plans, undoPlans, journal] = await Promise.all([
    eventOf(ledger, record),
    inParallel(numbers, (number) => ledger.plans.read(record.eventId, number)),
    record.undos === undefined ? [] : ledger.undoPlans.all(record.eventId),
    ledger.journal.read(record),
  ]);
  return { record, event, plans: plans.filter((plan) => plan !== undefined), undoPlans, journal };
}

async function eventOf(ledger: Ledger, record: EventRecord): Promise<MergeEvent | undefined> {
  const loaded = await loadEvent(ledger, record);
  return 'event' in loaded ? loaded.event : undefined;
}
