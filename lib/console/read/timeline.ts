import type { EventRecord, TakenAction } from '../../ledger/event-record.ts';
import type { JournalEntry } from '../../ledger/journal.ts';
import type { Plan } from '../../ledger/plans.ts';
import type { UndoPlan } from '../../ledger/undo-plans.ts';
import type { EventStory } from '../../merge/event-story.ts';

/** One thing that happened to an event. Times in milliseconds since 1970. */
export type Moment =
  | { what: 'received'; at: number }
  | { what: 'planned'; at: number; plan: Plan }
  | { what: 'undo-planned'; at: number; plan: UndoPlan }
  | { what: 'called'; at: number; call: JournalEntry }
  | { what: 'operated'; at: number; by: string; action: TakenAction; contact?: string; record?: string }
  | { what: 'now'; at: number; record: EventRecord };

/** In the order of time; the last one is how the event stands. */
export function timelineOf({ record, plans, undoPlans, journal }: EventStory): Moment[] {
  const moments: Moment[] = [
    { what: 'received', at: record.receivedAt },
    ...plans.map((plan) => ({ what: 'planned' as const, at: plan.madeAt, plan })),
    ...undoPlans.map((plan) => ({ what: 'undo-planned' as const, at: plan.madeAt, plan })),
    ...journal.map((call) => ({ what: 'called' as const, at: call.at, call })),
    ...(record.operatorActions ?? []).map((action) => ({ what: 'operated' as const, ...action })),
  ];
  return [...moments.sort((a, b) => a.at - b.at), { what: 'now', at: record.updatedAt, record }];
}
