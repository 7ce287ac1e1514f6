import { batchesOf } from '../batches.ts';
import type { Run } from './apply-plan.ts';
import { MAX_DOUBTS, say, send, settleEarlier } from './journaled-writes.ts';
import type { PlannedLink } from './link-plan.ts';
import { patiently } from './patience.ts';
import type { BatchWritten } from './write-batch.ts';

/** What a run came to, in numbers. */
export interface Undone {
  cleared: number;
  kept: Record<string, number>;
}

/** Why an id that the plan wrote is left where it is. */
export const KEEP_REASONS = {
  'record-gone': { en: 'the record is not there any more, or was merged', zh: '记录已不存在，或已被合并' },
  changed: { en: 'the id was changed by others since', zh: '写入后 id 已被他人修改' },
  'being-linked': {
    en: 'an event or another plan is writing an id on the record: undo this plan again in 15 minutes',
    zh: '有事件或另一个计划正在给该记录写 id：15 分钟后再撤销一次本计划',
  },
  refused: { en: 'the CRM did not let it be cleared', zh: 'CRM 拒绝清除' },
} as const;

/**
 * Clears the ids that the plan has written and that still stand alone where it wrote them. May end at any point and be
 * run again. @throws CrmError for what time does not cure.
 */
export async function undoPlan(run: Run): Promise<Undone> {
  const open = run.plan.links.filter(({ record }) => run.journal.ours.has(record));
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

/** @param doubts how often clearing these has had no answer */
async function undoBatch(run: Run, links: PlannedLink[], doubts = 0): Promise<UndoneBatch> {
  await settleEarlier(run, links);
  const taken = (await run.take?.(links)) ?? new Set<string>();
  const { kept, clear, empty } = await judge(run, links, taken);
  const { refused, doubtful } = await clearIds(run, clear);
  for (const record of refused.keys()) kept.set(record, 'refused');
  const isOpen = new Set([...refused.keys(), ...(doubtful?.writes.map(({ recordId }) => recordId) ?? [])]);
  const cleared = [...empty, ...clear.filter((record) => !isOpen.has(record))];
  if (kept.size > 0) await say(run, { kept: Object.fromEntries(kept) });
  if (cleared.length > 0) await say(run, { cleared });
  if (!doubtful) return { cleared, kept };
  if (doubts === MAX_DOUBTS) throw doubtful.error;
  const left = links.filter(({ record }) => isOpen.has(record) && !refused.has(record));
  const rest = await undoBatch(run, left, doubts + 1);
  return { cleared: [...cleared, ...rest.cleared], kept: new Map([...kept, ...rest.kept]) };
}

interface UndoneBatch {
  cleared: string[];
  /** Why each is left: by record. */
  kept: Map<string, keyof typeof KEEP_REASONS>;
}

/** What to do with each, by what it carries now. */
async function judge(run: Run, links: PlannedLink[], taken: Set<string>) {
  const recordIds = links.map(({ record }) => record);
  const read = await patiently(run, () => run.crm.read(recordIds, []));
  const ids = new Map(read.map(({ recordId, contactIds }) => [recordId, contactIds]));
  const kept: UndoneBatch['kept'] = new Map();
  const clear: string[] = [];
  const empty: string[] = [];
  for (const { record, contact } of links) {
    const carried = ids.get(record);
    if (carried === undefined) kept.set(record, 'record-gone');
    else if (carried.length === 0) empty.push(record);
    else if (carried.length > 1 || carried[0] !== contact) kept.set(record, 'changed');
    else if (taken.has(record)) kept.set(record, 'being-linked');
    else clear.push(record);
  }
  return { kept, clear, empty };
}

async function clearIds(run: Run, records: string[]): Promise<BatchWritten> {
  if (records.length === 0) return { refused: new Map(), doubtful: undefined };
  const writes = records.map((recordId) => ({ recordId, contactId: null }));
  return send(run, writes, (some) => ({ clearing: some.map(({ recordId }) => recordId) }));
}
