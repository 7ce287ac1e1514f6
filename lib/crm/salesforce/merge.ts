import { CrmError } from '../../errors.ts';
import type { PropertyValues } from '../../ports.ts';
import type { SalesforceCalls } from './calls.ts';
import { describeContact } from './describe.ts';
import { refusal, VENDOR } from './failures.ts';
import { idKey } from './record-ids.ts';
import { type MergeAnswer, mergeEnvelope, readMergeAnswer } from './soap.ts';
import { fieldsOf } from './values.ts';
import { updateContact } from './write.ts';

/** Up to three records in a request, the master included: https://developer.salesforce.com/docs/platform/api/guide/sforce-api-calls-merge.html */
export const LOSERS_PER_MERGE = 2;

/** Record ids, and the survivor's final values. */
export interface Merge {
  survivor: string;
  losers: string[];
  write?: { values: PropertyValues };
}

/**
 * One request, one transaction: the losers go and the values are set, or nothing happens. The same guide says that
 * “External ID fields can't be used with merge()”. The id field never comes here; where a mapped field is an External
 * ID and Salesforce refuses the request for it, that field is written after the merge.
 * @throws CrmError
 */
export async function mergeContacts(calls: SalesforceCalls, merge: Merge): Promise<{ survivor: string }> {
  refuseInvalid(merge);
  try {
    return await sendMerge(calls, merge);
  } catch (error) {
    const externalIds = refusesField(error) ? await externalIdsIn(calls, merge) : [];
    if (externalIds.length === 0) throw error;
    return mergeThenWrite(calls, merge, externalIds);
  }
}

function refuseInvalid({ survivor, losers }: Merge): void {
  const distinct = new Set([survivor, ...losers].map(idKey));
  if (losers.length < 1 || losers.length > LOSERS_PER_MERGE || distinct.size !== losers.length + 1)
    throw new CrmError('permanent', `${VENDOR}: a merge takes one or two losers, none of them the survivor`, {
      code: 'INVALID_MERGE',
    });
}

const FIELD_REFUSALS = ['INVALID_FIELD', 'INVALID_FIELD_FOR_INSERT_UPDATE'];

const refusesField = (error: unknown): boolean =>
  error instanceof CrmError && error.kind === 'permanent' && FIELD_REFUSALS.includes(error.code ?? '');

async function externalIdsIn(calls: SalesforceCalls, { write }: Merge): Promise<string[]> {
  const names = Object.keys(write?.values ?? {});
  if (names.length === 0) return [];
  const described = await describeContact(calls);
  const externalIds = described.fields.filter(({ externalId }) => externalId).map(({ name }) => name.toLowerCase());
  return names.filter((name) => externalIds.includes(name.toLowerCase()));
}

async function mergeThenWrite(calls: SalesforceCalls, merge: Merge, later: string[]): Promise<{ survivor: string }> {
  const entries = Object.entries(merge.write?.values ?? {});
  const [after, along] = [true, false].map((isLater) =>
    Object.fromEntries(entries.filter(([name]) => later.includes(name) === isLater)),
  );
  const merged = await sendMerge(calls, { ...merge, write: { values: along ?? {} } });
  try {
    await updateContact(calls, merged.survivor, after ?? {});
    return merged;
  } catch (cause) {
    throw mergedButNotWritten(cause);
  }
}

/** In doubt, so that the core looks where the records are, and writes all values again. */
function mergedButNotWritten(cause: unknown): CrmError {
  const code = cause instanceof CrmError ? cause.code : undefined;
  return new CrmError('ambiguous', `${VENDOR}: the merge was done, a field was not written`, { code, cause });
}

async function sendMerge(calls: SalesforceCalls, { survivor, losers, write }: Merge): Promise<{ survivor: string }> {
  const fields = fieldsOf(write?.values ?? {});
  const envelope = (token: string) => mergeEnvelope({ token, survivor, losers, fields });
  const answer = readMergeAnswer(await calls.soap({ label: 'merge', envelope, repeatable: false }));
  if (answer.answer === 'refused')
    throw refusal(answer.refusals, { what: 'POST merge', repeatable: false, now: calls.now });
  if (answer.answer === 'merged' && tellsAll(answer, { survivor, losers })) return { survivor: answer.survivor };
  throw new CrmError('ambiguous', `${VENDOR}: POST merge answered something else than its result`, {
    code: 'UNREADABLE',
  });
}

function tellsAll(answer: MergeAnswer & { answer: 'merged' }, { survivor, losers }: Merge): boolean {
  const merged = new Set(answer.losers.map(idKey));
  return idKey(answer.survivor) === idKey(survivor) && losers.every((loser) => merged.has(idKey(loser)));
}
