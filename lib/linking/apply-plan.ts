import { batchesOf } from '../batches.ts';
import { inParallel } from '../in-parallel.ts';
import type { LinkIntents } from '../ledger/link-intents.ts';
import type { LinkRecord, Now } from '../ports.ts';
import { type Journaled, MAX_DOUBTS, say, send, settleEarlier } from './journaled-writes.ts';
import type { Country } from './keys.ts';
import { type LinkPlan, type PlannedLink, sealOf } from './link-plan.ts';
import { patiently } from './patience.ts';
import { keysOf, propertyNames } from './scan-records.ts';
import type { BatchWritten } from './write-batch.ts';

export interface Run extends Journaled {
  plan: LinkPlan;
  /**
   * Takes records for this plan, where events link too: none of them writes on such a record meanwhile.
   * @returns those that an event or another plan has.
   */
  take?(links: PlannedLink[]): Promise<Set<string>>;
  /** Called after each batch with the number of the plan's links that are dealt with. */
  onBatch?(done: number): void;
}

/** What a run came to, in numbers. */
export interface Applied {
  written: number;
  skipped: Record<string, number>;
  refused: Record<string, number>;
}

/**
 * Writes a plan's ids, each after a look at its record as it is now. May end at any point and be run again: what stands
 * there already is not written again. @throws CrmError for what time does not cure, with everything so far in the journal.
 */
export async function applyPlan(run: Run): Promise<Applied> {
  const open = run.plan.links.filter(({ record }) => run.journal.states.get(record)?.state !== 'written');
  let done = run.plan.links.length - open.length;
  const applied: Applied = { written: done, skipped: {}, refused: {} };
  run.onBatch?.(done);
  for (const links of batchesOf(open, run.crm.batchSize)) {
    count(applied, await applyBatch(run, links));
    done += links.length;
    run.onBatch?.(done);
  }
  return applied;
}

/** The deployment's events write ids, too: what a plan has taken, they leave alone. */
export function takeRecords({ digest }: LinkPlan, intents: Pick<LinkIntents, 'takeRecord'>, now: Now) {
  const eventId = `plan:${digest}`;
  return async (links: PlannedLink[]): Promise<Set<string>> => {
    const isTaken = await inParallel(links, ({ record, contact }) =>
      intents.takeRecord({ eventId, contactId: contact, recordId: record }, now()),
    );
    return new Set(links.filter((_, index) => !isTaken[index]).map(({ record }) => record));
  };
}

interface BatchResult {
  written: string[];
  skipped: Map<string, string>;
  refused: Map<string, string>;
}

function count(applied: Applied, { written, skipped, refused }: BatchResult): void {
  applied.written += written.length;
  for (const why of skipped.values()) applied.skipped[why] = (applied.skipped[why] ?? 0) + 1;
  for (const code of refused.values()) applied.refused[code] = (applied.refused[code] ?? 0) + 1;
}

/** @param doubts how often a write of these has had no answer */
async function applyBatch(run: Run, links: PlannedLink[], doubts = 0): Promise<BatchResult> {
  await settleEarlier(run, links);
  const taken = (await run.take?.(links)) ?? new Set<string>();
  const verdicts = await recheck(run, links, taken);
  const skipped = new Map(
    verdicts.flatMap(({ link, why }) => (why === 'write' || why === 'ours' ? [] : [[link.record, why]])),
  );
  const ours = verdicts.flatMap(({ link, why }) => (why === 'ours' ? [link.record] : []));
  const writes = verdicts.flatMap(({ link, why }) => (why === 'write' ? [link] : []));
  if (skipped.size > 0) await say(run, { skipped: Object.fromEntries(skipped) });
  const { refused, doubtful } = await write(run, writes);
  const isOpen = new Set([...refused.keys(), ...(doubtful?.writes.map(({ recordId }) => recordId) ?? [])]);
  const written = [...ours, ...writes.map(({ record }) => record).filter((record) => !isOpen.has(record))];
  if (refused.size > 0) await say(run, { refused: Object.fromEntries(refused) });
  if (written.length > 0) await say(run, { written });
  const result = { written, skipped, refused };
  if (!doubtful) return result;
  if (doubts === MAX_DOUBTS) throw doubtful.error;
  const left = links.filter(({ record }) => isOpen.has(record) && !refused.has(record));
  return sumOf(result, await applyBatch(run, left, doubts + 1));
}

const sumOf = (one: BatchResult, other: BatchResult): BatchResult => ({
  written: [...one.written, ...other.written],
  skipped: new Map([...one.skipped, ...other.skipped]),
  refused: new Map([...one.refused, ...other.refused]),
});

async function write(run: Run, links: PlannedLink[]): Promise<BatchWritten> {
  if (links.length === 0) return { refused: new Map(), doubtful: undefined };
  const writes = links.map(({ record, contact }) => ({ recordId: record, contactId: contact }));
  return send(run, writes, (some) => ({
    intent: Object.fromEntries(some.map(({ recordId, contactId }) => [recordId, contactId ?? ''])),
  }));
}

/** Why a link is not written after all. */
export const SKIP_REASONS = {
  'record-gone': { en: 'the record is not there any more, or was merged', zh: '记录已不存在，或已被合并' },
  'has-the-id': {
    en: 'the record carries the id by now, not written by this plan',
    zh: '记录已带有该 id（并非由本计划写入）',
  },
  'has-another-id': { en: 'the record carries another id by now', zh: '记录已带有另一个 id' },
  'id-elsewhere': { en: 'another record carries the id by now', zh: '另一条记录已带有该 id' },
  'being-linked': {
    en: 'an event or another plan is writing an id on the record: run this plan again in 15 minutes',
    zh: '有事件或另一个计划正在给该记录写 id：15 分钟后再执行一次本计划',
  },
  'key-changed': { en: 'the record’s key has changed since the plan', zh: '制定计划后，记录上的键已改变' },
} as const;
type Verdict = 'write' | 'ours' | keyof typeof SKIP_REASONS;

async function recheck(
  run: Run,
  links: PlannedLink[],
  taken: Set<string>,
): Promise<{ link: PlannedLink; why: Verdict }[]> {
  const { crm, plan } = run;
  const recordIds = links.map(({ record }) => record);
  const read = await patiently(run, () => crm.read(recordIds, propertyNames(plan)));
  const holders = await patiently(run, () => crm.find(links.map(({ contact }) => contact)));
  const records = new Map(read.map((record) => [record.recordId, record]));
  const elsewhere = (link: PlannedLink) =>
    holders.some(({ asked, recordId }) => asked === link.contact && recordId !== link.record);
  return links.map((link) => {
    const record = records.get(link.record);
    if (taken.has(link.record)) return { link, why: 'being-linked' };
    if (elsewhere(link)) return { link, why: 'id-elsewhere' };
    return { link, why: record ? judge(run, link, record) : 'record-gone' };
  });
}

function judge({ plan, journal }: Run, link: PlannedLink, record: LinkRecord): Verdict {
  if (record.contactIds.includes(link.contact)) return journal.ours.has(link.record) ? 'ours' : 'has-the-id';
  if (record.contactIds.length > 0) return 'has-another-id';
  const values = keysOf(record, { ...plan, country: plan.country as Country })[link.key] ?? [];
  return values.some((value) => link.seals.includes(sealOf(plan.salt, link.key, value))) ? 'write' : 'key-changed';
}
