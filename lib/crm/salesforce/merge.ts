import { CrmError } from '../../errors.ts';
import type { RecordWrite } from '../../ports.ts';
import type { SalesforceCalls } from './calls.ts';
import { refusal, VENDOR } from './failures.ts';
import { queryContacts } from './query.ts';
import { type MergeAnswer, mergeEnvelope, readMergeAnswer } from './soap.ts';
import { fieldsOf, idKey } from './values.ts';

export const LOSERS_PER_MERGE = 2; // Vendor's SOAP guide: up to three records in a request, the master included.

export interface Merge {
  survivor: string;
  losers: string[];
  write?: RecordWrite;
}

export interface MergeTools {
  calls: SalesforceCalls;
  idField: string;
}

/**
 * One request, one transaction: the losers go and the final values are set, or nothing happens.
 * A contact id that one of the losers still has is freed first, since Salesforce checks uniqueness before it merges.
 */
export async function mergeContacts(tools: MergeTools, merge: Merge): Promise<{ survivor: string }> {
  refuseNonsense(merge);
  const contactId = merge.write?.contactId;
  const holder = contactId === undefined ? undefined : await holderAmong(tools, contactId, merge);
  if (contactId === undefined || holder === undefined) return send(tools, merge);
  await setContactId(tools, holder, null);
  try {
    return await send(tools, merge);
  } catch (error) {
    const settled = error instanceof CrmError && error.kind !== 'ambiguous';
    // The loser stays, so it gets its id back; that it can't have it is no better news than the error we bring.
    if (settled) await setContactId(tools, holder, contactId).catch(() => undefined);
    throw error;
  }
}

function refuseNonsense({ survivor, losers }: Merge): void {
  const distinct = new Set([survivor, ...losers].map(idKey));
  if (losers.length < 1 || losers.length > LOSERS_PER_MERGE || distinct.size !== losers.length + 1)
    throw new CrmError('permanent', `${VENDOR}: a merge takes one or two losers, none of them the survivor`, {
      code: 'INVALID_MERGE',
    });
}

/** The loser that has this contact id. @throws CrmError when somebody has it who takes no part. */
async function holderAmong({ calls, idField }: MergeTools, contactId: string, { survivor, losers }: Merge) {
  const rows = await queryContacts(calls, { kind: 'query', fields: ['Id'], field: idField, values: [contactId] });
  const holders = rows.flatMap(({ Id }) => (typeof Id === 'string' ? [idKey(Id)] : []));
  const others = holders.filter((key) => key !== idKey(survivor));
  const holder = losers.find((loser) => others.includes(idKey(loser)));
  if (others.length > (holder === undefined ? 0 : 1))
    throw refusal('DUPLICATE_VALUE', { what: 'POST merge', repeatable: false, now: calls.now });
  return holder;
}

async function setContactId({ calls, idField }: MergeTools, recordId: string, contactId: string | null) {
  await calls.rest({
    method: 'PATCH',
    path: `/sobjects/Contact/${encodeURIComponent(recordId)}`,
    label: '/sobjects/Contact',
    body: { [idField]: contactId },
    accept: [200, 204],
  });
}

async function send({ calls, idField }: MergeTools, { survivor, losers, write }: Merge): Promise<{ survivor: string }> {
  const fields = fieldsOf(write, idField);
  const text = await calls.soap('merge', (token) => mergeEnvelope({ token, survivor, losers, fields }));
  const answer = readMergeAnswer(text);
  if (answer.answer === 'refused')
    throw refusal(answer.code, { what: 'POST merge', repeatable: false, now: calls.now });
  if (answer.answer === 'merged' && tellsAll(answer, { survivor, losers })) return { survivor: answer.survivor };
  throw new CrmError('ambiguous', `${VENDOR}: POST merge answered something else than its result`, {
    code: 'UNREADABLE',
  });
}

function tellsAll(answer: MergeAnswer & { answer: 'merged' }, { survivor, losers }: Merge): boolean {
  const merged = new Set(answer.losers.map(idKey));
  return idKey(answer.survivor) === idKey(survivor) && losers.every((loser) => merged.has(idKey(loser)));
}
