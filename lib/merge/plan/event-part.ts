import type { MergeEvent } from '../../event.ts';

/** As many losers as one plan takes: its locks, its look-up and its ledger writes fit well into one invocation. */
export const MAX_LOSERS_PER_PLAN = 2_000;

/** What the next plan of an event is about: all of it, or, where it has more losers than a plan takes, a part. */
export interface EventPart {
  /** The event with the part's losers only. */
  event: MergeEvent;
  /** Every loser of the whole event. */
  allLosers: ReadonlySet<string>;
  /** Losers handled once this part is done, and in all. */
  done: number;
  of: number;
}

/** @param losersDone how many losers earlier plans of the event have handled. */
export function nextPart(event: MergeEvent, losersDone: number): EventPart {
  const { loserIds, mergedContacts } = event;
  const done = Math.min(losersDone + MAX_LOSERS_PER_PLAN, loserIds.length);
  const isLast = done === loserIds.length;
  const part = {
    ...event,
    loserIds: loserIds.slice(losersDone, done),
    mergedContacts: mergedContacts.slice(losersDone, isLast ? undefined : done),
  };
  return { event: part, allLosers: new Set(loserIds), done, of: loserIds.length };
}

/** The event's fields are written with its last part: the survivor has its final values once all losers are merged. */
export const isLastPart = ({ done, of }: Pick<EventPart, 'done' | 'of'>): boolean => done === of;
