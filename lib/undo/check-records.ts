import type { Plan } from '../ledger/plans.ts';
import type { CrmRecord, RecordCrm, RecordLocation } from '../ports.ts';
import type { Sides } from './compare-fields.ts';
import type { UndoRefusal } from './refusals.ts';

/** What the CRM says of a merge's records now. */
export interface PresentRecords {
  survivor: CrmRecord;
}

/**
 * Whether the CRM still has the merge as it was made: one record of the survivor, and each loser's record part of it.
 * Reads only. @throws CrmError
 */
export async function checkRecords(
  crm: RecordCrm,
  { identities }: Plan,
  sides: Sides,
  properties: string[],
): Promise<PresentRecords | UndoRefusal> {
  const { survivor: contact } = identities;
  const found = await crm.find([contact], properties);
  const own = new Map(found.map(({ record }) => [record.recordId, record]));
  const [survivor] = own.values();
  if (!survivor || own.size > 1 || survivor.contactId !== contact) return { refused: 'survivor-not-found' };
  if (sides.losers.length === 0) return { survivor };
  const places = await crm.locate(sides.losers.map(({ recordId }) => recordId));
  for (const { recordId } of sides.losers) {
    const problem = problemOf(crm, recordId, places.get(recordId), survivor.recordId);
    if (problem) return problem;
  }
  return (await takenIds(crm, sides.losers, survivor.recordId)) ?? { survivor };
}

function problemOf(
  crm: RecordCrm,
  loser: string,
  place: RecordLocation | undefined,
  survivor: string,
): UndoRefusal | undefined {
  if (place === undefined || place === 'gone')
    return crm.undo?.comesBackAs === 'itself' ? { refused: 'record-gone', by: loser } : undefined;
  if (place.recordId === survivor) return undefined;
  return { refused: place.recordId === loser ? 'record-is-back' : 'merged-elsewhere', by: loser };
}

/** The ids that the losers get back must be free. Some CRMs still find the survivor by them. */
async function takenIds(crm: RecordCrm, losers: CrmRecord[], survivor: string): Promise<UndoRefusal | undefined> {
  const ids = losers.flatMap(({ contactId }) => contactId ?? []);
  const taken = (await crm.find(ids, [])).find(({ record }) => record.recordId !== survivor);
  return taken && { refused: 'loser-id-taken', by: taken.asked };
}
