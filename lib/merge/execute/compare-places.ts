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
  const home = places.get(survivor);
  if (!home || home === 'gone') return { word: 'doubtful' };
  const isHome = (loser: string) => places.get(loser) === 'gone' || recordAt(places, loser) === home.recordId;
  const left = losers.filter((loser) => !isHome(loser));
  if (left.length === 0) return { word: 'merged', home: home.recordId };
  const isUntouched = (record: string) => recordAt(places, record) === record;
  if (!left.every(isUntouched)) return { word: 'doubtful' };
  if (left.length < losers.length) return { word: 'partly', home: home.recordId, left };
  return isUntouched(survivor) ? { word: 'apart' } : { word: 'doubtful' };
}

function recordAt(places: Map<string, RecordLocation>, record: string): string | undefined {
  const place = places.get(record);
  return place === undefined || place === 'gone' ? undefined : place.recordId;
}
