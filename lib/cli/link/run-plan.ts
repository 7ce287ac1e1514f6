import { type Applied, applyPlan, type Run, SKIP_REASONS, takeRecords } from '../../linking/apply-plan.ts';
import { type LinkPlan, readPlan } from '../../linking/link-plan.ts';
import { KEEP_REASONS, type Undone, undoPlan } from '../../linking/undo-plan.ts';
import { readLog } from '../../linking/write-log.ts';
import type { LinkableCrm } from '../../ports.ts';
import { type Language, languageOf } from '../../sentence.ts';
import { Refused, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { operatorName } from '../operator-name.ts';
import type { Service } from '../service-options.ts';
import { lockPlan } from './lock-plan.ts';
import { needLinkable } from './match-file.ts';
import { journalOf, openJournal, readBytes, readJournal } from './plan-files.ts';
import { createProgress } from './progress.ts';
import { replayWaiting } from './replay-waiting.ts';
import { quoted, sameOptions } from './same-options.ts';
import { type LinkTenant, openTenant, patienceOf, type TenantOptions } from './tenant-settings.ts';

interface RunOptions extends TenantOptions {
  by?: string;
}

/** Writes the ids of a plan. @throws UsageError, UnusableFile, CrmError, Refused where the CRM has refused some. */
export async function applyPlanFile(file: string, options: RunOptions, io: Io): Promise<void> {
  const applied = await withPlan(file, options, io, {
    what: 'writing ids',
    run: async (run, service) => ({
      ...(await applyPlan(run)),
      ...(service && { replayed: await replayLinked(file, run.plan, service, { by: options.by, io }) }),
    }),
  });
  if (options.json) io.out(JSON.stringify(applied));
  else {
    const undo = `  npx merge-sync link --undo ${quoted(file)}${sameOptions(options)}`;
    io.out([...appliedLines(applied, languageOf(io.env)), undo].join('\n'));
  }
  const refused = Object.values(applied.refused).reduce((sum, one) => sum + one, 0);
  if (refused > 0) throw new Refused(`the CRM refused ${refused} ids: ${journalOf(file)} names the records`);
}

/** The events that waited for the contacts that stand on their records by now, whichever run wrote them. */
async function replayLinked(
  file: string,
  { links }: LinkPlan,
  service: Service,
  who: { by: string | undefined; io: Io },
) {
  const { states } = readLog(readJournal(journalOf(file)));
  const written = links.filter(({ record }) => states.get(record)?.state === 'written');
  if (written.length === 0) return 0;
  const contacts = written.map(({ contact }) => contact);
  return replayWaiting(service, contacts, operatorName(who.by, who.io), who.io);
}

/** Clears the ids that a plan has written. @throws UsageError, UnusableFile, CrmError */
export async function undoPlanFile(file: string, options: TenantOptions, io: Io): Promise<void> {
  const undone = await withPlan(file, options, io, { what: 'clearing ids', run: undoPlan });
  if (options.json) io.out(JSON.stringify(undone));
  else io.out(undoneLines(undone, languageOf(io.env)).join('\n'));
}

interface Work<T> {
  what: string;
  run(run: Run, service: Service | undefined): Promise<T>;
}

async function withPlan<T>(file: string, options: TenantOptions, io: Io, { what, run }: Work<T>): Promise<T> {
  const plan = readPlan(file, (await readBytes(file)).toString('utf8'));
  const tenant = await openTenant({ ...options, tenant: options.tenant ?? plan.tenant }, io);
  checkSameCrm(plan, tenant);
  const crm = needLinkable(tenant);
  const unlock = lockPlan(file);
  try {
    return await withJournal(file, { plan, crm, service: tenant.service, unlock }, io, { what, run });
  } finally {
    unlock();
  }
}

interface Locked {
  plan: LinkPlan;
  crm: LinkableCrm;
  service: Service | undefined;
  unlock(): void;
}

async function withJournal<T>(file: string, { plan, crm, service, unlock }: Locked, io: Io, { what, run }: Work<T>) {
  const before = readLog(readJournal(journalOf(file)));
  if (before.plan !== undefined && before.plan !== plan.digest)
    throw new UsageError(
      `${journalOf(file)} is the journal of another plan: move it away, or name the plan it belongs to`,
    );
  const journal = openJournal(journalOf(file));
  const progress = createProgress(io, { what, total: plan.links.length, letGo: unlock });
  try {
    if (before.plan === undefined) await journal.append({ at: new Date(io.now()).toISOString(), plan: plan.digest });
    const shown = { onBatch: progress.show, onSilence: (until: number) => tellSilence(until, io) };
    return await run(
      {
        crm,
        plan,
        journal: before,
        ...patienceOf(io),
        log: journal.append,
        ...shown,
        ...(service && { take: takeRecords(plan, service.ledger.linkIntents, io.now) }),
      },
      service,
    );
  } finally {
    progress.end();
    journal.close();
  }
}

function tellSilence(until: number, io: Io): void {
  const seconds = Math.ceil((until - io.now()) / 1000);
  io.redraw?.('');
  io.err(
    languageOf(io.env) === 'zh'
      ? `CRM 对一次写入没有答复，写入仍可能生效：最多再查看 ${seconds} 秒，之后继续`
      : `The CRM has not answered a write, which may still take effect: looks for ${seconds} s at most, then goes on`,
  );
}

function checkSameCrm(plan: LinkPlan, { tenant, kind, address }: LinkTenant): void {
  if (plan.tenant !== tenant) throw new UsageError(`this plan is for tenant ${plan.tenant}, not ${tenant}`);
  if (plan.crm.kind !== kind || plan.crm.address !== address)
    throw new UsageError(
      'this plan was made for another CRM, or for another id property: make a new one, or give the settings it was made with',
    );
}

type Told = Record<string, { en: string; zh: string }>;

type AppliedAndReplayed = Applied & { replayed?: number };

function appliedLines(applied: AppliedAndReplayed, language: Language): string[] {
  const { written, skipped, refused, replayed = 0 } = applied;
  const zh = language === 'zh';
  const waiting = zh
    ? `已重放 ${replayed} 个等待这些联系人的事件`
    : `Replayed, for they waited for these contacts: ${replayed} events`;
  return [
    zh ? `已写入 ${written} 个 id` : `${written} ids are written`,
    ...reasonLines(skipped, SKIP_REASONS, language),
    ...Object.entries(refused).map(([code, count]) => `  ${count}  ${zh ? `CRM 拒绝：${code}` : `refused: ${code}`}`),
    ...(replayed > 0 ? [waiting] : []),
    zh ? '如需撤回：' : 'To take them back:',
  ];
}

const undoneLines = ({ cleared, kept }: Undone, language: Language): string[] => [
  language === 'zh' ? `已清除 ${cleared} 个 id` : `${cleared} ids are cleared`,
  ...reasonLines(kept, KEEP_REASONS, language),
];

const reasonLines = (counts: Record<string, number>, reasons: Told, language: Language): string[] =>
  Object.entries(counts).map(([why, count]) => `  ${count}  ${reasons[why]?.[language] ?? why}`);
