import { CrmError } from '../errors.ts';
import type { Now, RecordLocation } from '../ports.ts';

const MAX_LINKS = 50; // Each is a call.
const MAX_MS = 20_000; // A worker has 30 s for an operation.

/**
 * Where records are now, in a CRM whose merged records name their survivor: chains are followed to their end.
 * @param read the survivor of each of these records, or `undefined` for one that lives; those that are gone are not there.
 * @throws CrmError `MERGES_TOO_LONG` for a chain without end.
 */
export async function followMerges(
  vendor: string,
  recordIds: string[],
  read: (ids: string[]) => Promise<Map<string, string | undefined>>,
  now: Now,
): Promise<Map<string, RecordLocation>> {
  const survivors = new Map<string, string | undefined>();
  const asked = new Set<string>();
  const until = now() + MAX_MS;
  let next = [...new Set(recordIds)];
  for (let links = 0; next.length > 0; links++) {
    if (links > MAX_LINKS)
      throw new CrmError('permanent', `${vendor}: merges without end`, { code: 'MERGES_TOO_LONG' });
    if (now() > until)
      throw new CrmError('retry-soon', `${vendor}: merges were not told in time`, { code: 'MERGES_TOO_SLOW' });
    for (const id of next) asked.add(id);
    const found = await read(next);
    for (const [id, survivor] of found) survivors.set(id, survivor);
    next = [...new Set([...found.values()].flatMap((id) => id ?? []))].filter((id) => !asked.has(id));
  }
  return new Map(recordIds.map((id) => [id, homeOf(survivors, id)]));
}

function homeOf(survivors: Map<string, string | undefined>, start: string): RecordLocation {
  const passed = new Set<string>();
  for (let id = start; survivors.has(id) && !passed.has(id); ) {
    const survivor = survivors.get(id);
    if (survivor === undefined) return { recordId: id };
    passed.add(id);
    id = survivor;
  }
  return 'gone';
}
