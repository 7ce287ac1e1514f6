import { CrmError } from '../errors.ts';
import type { RecordCrm } from '../ports.ts';

/** The one loser of a merge in pairs. @throws CrmError `permanent` for none, several, or the survivor itself: some CRMs accept it. */
export function loserOf(vendor: string, { survivor, losers }: Parameters<RecordCrm['merge']>[0]): string {
  const [loser, ...more] = losers;
  if (loser !== undefined && more.length === 0 && loser !== survivor) return loser;
  throw new CrmError('permanent', `${vendor}: a merge takes two different contacts`, { code: 'NOT_A_PAIR' });
}
