import { CrmError } from '../errors.ts';
import type { IdWrite, LinkableCrm } from '../ports.ts';
import { type Patience, patiently } from './patience.ts';

const MAX_DOUBTS = 5;

/**
 * Writes ids until it is known of each whether it stands there. A batch that is refused as a whole is halved until the
 * bad ones are alone; after a write without an answer the records themselves are asked.
 * @returns the CRM's code for each record that it refused. @throws CrmError
 */
export async function writeBatch(
  crm: LinkableCrm,
  writes: IdWrite[],
  patience: Patience,
): Promise<Map<string, string>> {
  let open = writes;
  for (let doubts = 0; open.length > 0; doubts++) {
    try {
      return await patiently(patience, () => crm.writeIds(open));
    } catch (error) {
      if (!(error instanceof CrmError)) throw error;
      if (error.kind === 'permanent') return refusedAmong(crm, open, patience, error);
      if (error.kind !== 'ambiguous' || doubts === MAX_DOUBTS) throw error;
      open = await stillOpen(crm, open, patience);
    }
  }
  return new Map();
}

async function refusedAmong(crm: LinkableCrm, writes: IdWrite[], patience: Patience, error: CrmError) {
  const [only, ...others] = writes;
  if (only && others.length === 0) return new Map([[only.recordId, error.code ?? 'REFUSED']]);
  const middle = Math.ceil(writes.length / 2);
  const first = await writeBatch(crm, writes.slice(0, middle), patience);
  return new Map([...first, ...(await writeBatch(crm, writes.slice(middle), patience))]);
}

/** Those that do not stand there yet; written again, the same id changes nothing. */
async function stillOpen(crm: LinkableCrm, writes: IdWrite[], patience: Patience): Promise<IdWrite[]> {
  await patience.sleep(1_000);
  const ids = writes.map(({ recordId }) => recordId);
  const read = await patiently(patience, () => crm.read(ids, []));
  const now = new Map(read.map(({ recordId, contactIds }) => [recordId, contactIds]));
  return writes.filter(({ recordId, contactId }) => {
    const ids = now.get(recordId) ?? [];
    return contactId === null ? ids.length > 0 : !ids.includes(contactId);
  });
}
