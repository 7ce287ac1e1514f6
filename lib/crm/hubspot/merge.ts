import { CrmError } from '../../errors.ts';
import type { RecordWrite } from '../../ports.ts';
import { type HubspotCalls, WRITES } from './calls.ts';
import { readContact } from './contacts.ts';

export interface Merge {
  survivor: string;
  losers: string[];
  write?: RecordWrite;
}

/** @returns the id under which the survivor lives from now on, new or not. */
export async function mergePair(
  calls: HubspotCalls,
  { survivor, losers, write }: Merge,
): Promise<{ survivor: string }> {
  const [loser, ...more] = losers;
  if (loser === undefined || more.length > 0 || loser === survivor || write)
    throw new CrmError('permanent', 'hubspot: a merge takes two different contacts and no values', {
      code: 'NOT_A_PAIR',
    });
  const call = { method: 'POST' as const, contacts: '/merge', label: 'a merge of two contacts', ...WRITES };
  const response = await calls({ ...call, body: { primaryObjectId: survivor, objectIdToMerge: loser } });
  return { survivor: readContact(response, call).id };
}
