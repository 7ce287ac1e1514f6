import type { RecordLocation } from '../../ports.ts';

/** What the places of a merge's records say of it. Ids are record ids. */
export type SeenMerge =
  /** All losers are where the survivor is, or are no more. */
  | { word: 'merged'; home: string }
  /** Every record is where it was. */
  | { word: 'apart' }
  /** Some losers are merged into the survivor, the others are where they were. */
  | { word: 'partly'; home: string; left: string[] }
  /** The survivor is gone, or a loser is in a third record. */
  | { word: 'doubtful' };

/** Compares where records are now with where a merge would bring them. Pure. */
export function comparePlaces(survivor: string, losers: string[], places: Map<string, RecordLocation>): SeenMerge {
  const home = recordAt(places.get(survivor));
  if (home === undefined) return { word: 'doubtful' };
  const isHome = (loser: string) => places.get(loser) === 'gone' || recordAt(places.get(loser)) === home;
  const left = losers.filter((loser) => !isHome(loser));
  if (left.length === 0) return { word: 'merged', home };
  const isUntouched = (record: string) => recordAt(places.get(record)) === record;
  if (!left.every(isUntouched)) return { word: 'doubtful' };
  if (left.length < losers.length) return { word: 'partly', home, left };
  return isUntouched(survivor) ? { word: 'apart' } : { word: 'doubtful' };
}

const recordAt = (place: RecordLocation | undefined): string | undefined =>
  typeof place === 'object' ? place.recordId : undefined;
