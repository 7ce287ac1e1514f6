import { batchesOf } from '../batches.ts';
import { type Run, say } from './apply-plan.ts';
import type { PlannedLink } from './link-plan.ts';
import { patiently } from './patience.ts';
import { writeBatch } from './write-batch.ts';

/** What a run came to, in numbers. */
export interface Undone {
  cleared: number;
  kept: Record<string, number>;
}

/** Why an id that the plan wrote is left where it is. */
export const KEEP_REASONS = {
  'record-gone': { en: 'the record is not there any more, or was merged', zh: '记录已不存在，或已被合并' },
  changed: { en: 'the id was changed by others since', zh: '写入后 id 已被他人修改' },
  refused: { en: 'the CRM did not let it be cleared', zh: 'CRM 拒绝清除' },
} as const;

/**
 * Clears the ids that the plan has written and that still stand alone where it wrote them. May end at any point and be
 * run again. @throws CrmError for what time does not cure.
 */
export async function undoPlan(run: Run): Promise<Undone> {
  const open = run.plan.links.filter(({ record }) => run.before.ours.has(record));
  const undone: Undone = { cleared: 0, kept: {} };
  let done = run.plan.links.length - open.length;
  for (const links of batchesOf(open, run.crm.batchSize)) {
    const { cleared, kept } = await undoBatch(run, links);
    undone.cleared += cleared.length;
    for (const why of kept.values()) undone.kept[why] = (undone.kept[why] ?? 0) + 1;
    done += links.length;
    run.onBatch?.(done);
  }
  return undone;
}

async function undoBatch(run: Run, links: PlannedLink[]) {
  const read = await patiently(run, () =>
    run.crm.read(
      links.map(({ record }) => record),
      [],
    ),
  );
  const ids = new Map(read.map(({ recordId, contactIds }) => [recordId, contactIds]));
  const kept = new Map<string, string>();
  const clear: string[] = [];
  const empty: string[] = [];
  for (const { record, contact } of links) {
    const carried = ids.get(record);
    if (carried === undefined) kept.set(record, 'record-gone');
    else if (carried.length === 0) empty.push(record);
    else if (carried.length === 1 && carried[0] === contact) clear.push(record);
    else kept.set(record, 'changed');
  }
  const refused = clear.length > 0 ? await clearIds(run, clear) : new Map<string, string>();
  for (const record of refused.keys()) kept.set(record, 'refused');
  const cleared = [...empty, ...clear.filter((record) => !refused.has(record))];
  if (kept.size > 0) await say(run, { kept: Object.fromEntries(kept) });
  if (cleared.length > 0) await say(run, { cleared });
  return { cleared, kept };
}

async function clearIds(run: Run, records: string[]): Promise<Map<string, string>> {
  await say(run, { clearing: records });
  return writeBatch(
    run.crm,
    records.map((recordId) => ({ recordId, contactId: null })),
    run,
  );
}
