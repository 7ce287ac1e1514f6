import type { Count } from '../../ledger/what-waits.ts';
import type { Language } from '../../sentence.ts';
import { ageIn, type Tell, tellIn } from './texts.ts';

/** `1 event`, `3 events`. */
export const countOfEvents = (count: number, tell: Tell): string =>
  count === 1 ? tell('overview.countEvent') : tell('overview.countEvents', { count });

/** A number, or that there are more. */
export const countText = ({ count, isMore }: Count, tell: Tell): string =>
  isMore ? tell('frame.moreThan', { count }) : String(count);

/** How long ago something was, or that it never was. Both milliseconds since 1970. */
export const agoText = (at: number | undefined, now: number, language: Language): string => {
  const tell = tellIn(language);
  return at === undefined ? tell('overview.never') : tell('overview.ago', { age: ageIn(language, now - at) });
};
