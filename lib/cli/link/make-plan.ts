import { randomBytes } from 'node:crypto';
import { printPlan, sealPlan } from '../../linking/link-plan.ts';
import { plannedLinks } from '../../linking/planned-links.ts';
import { readLog } from '../../linking/write-log.ts';
import { languageOf } from '../../sentence.ts';
import { UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { type Matched, type MatchFileOptions, matchFile } from './match-file.ts';
import { type PlanFiles, planFiles, readJournal, writeWhole } from './plan-files.ts';
import { readMatching } from './read-options.ts';
import { memoryOf, rememberKeys } from './remember-keys.ts';
import { importCsv, reportCsv, unusableRows } from './report.ts';
import { sameOptions } from './same-options.ts';
import { countsOf, type PlanFacts, summaryLines } from './summary.ts';
import { type LinkTenant, openTenant, type TenantOptions } from './tenant-settings.ts';

export interface PlanOptions extends MatchFileOptions, TenantOptions {
  out?: string;
  remember?: true;
}

/** Reads export and CRM and writes what would be done to two files. Changes nothing in the CRM. */
export async function makePlan(file: string, options: PlanOptions, io: Io): Promise<void> {
  const files = planFiles(file, options.out);
  checkUntouched(files);
  const tenant = await openTenant(options, io);
  const memory = options.remember && memoryOf(tenant, readMatching(options, tenant.crm?.keyProperties ?? {}));
  const matched = await matchFile(file, tenant, options, io);
  if (memory) await rememberKeys(memory, matched, io);
  const rows = [...unusableRows(matched.unusable), ...matched.rows];
  const language = languageOf(io.env);
  writeWhole(files.report, reportCsv(rows, language));
  const byHand = options.records !== undefined;
  const written = byHand ? files.plan.replace(/\.json$/, '.import.csv') : files.plan;
  writeWhole(written, byHand ? importCsv(rows) : printPlan(planOf(matched, tenant, io)));
  const remembered = memory && { remembered: matched.contacts.length };
  const source = { file, files: { ...files, plan: written }, rows, matched, kind: tenant.kind, byHand };
  const facts = { ...source, options: sameOptions(options), ...remembered };
  if (options.json) io.out(JSON.stringify(forScripts(facts)));
  else io.out(summaryLines(facts, language).join('\n'));
}

/** A plan that has written ids is needed to take them back. */
function checkUntouched({ plan, journal }: PlanFiles): void {
  const { ours } = readLog(readJournal(journal));
  if (ours.size > 0)
    throw new UsageError(
      `${plan} has written ${ours.size} ids, and ${journal} is needed to take them back: name another plan with --out`,
    );
}

function planOf({ rows, records, matching, digest, contacts }: Matched, { tenant, kind, address }: LinkTenant, io: Io) {
  const salt = randomBytes(16).toString('hex');
  const links = plannedLinks(rows, { contacts, records, salt });
  const madeAt = new Date(io.now()).toISOString();
  const { properties, country } = matching;
  return sealPlan({
    madeAt,
    tenant,
    crm: { kind, address },
    file: digest,
    country,
    properties,
    counts: countsOf(rows),
    salt,
    links,
  });
}

const forScripts = ({ files, rows, matched, remembered }: PlanFacts) => ({
  counts: countsOf(rows),
  contacts: matched.contacts.length,
  records: matched.records.length,
  calls: matched.pages,
  columns: matched.columns,
  plan: files.plan,
  report: files.report,
  ...(remembered !== undefined && { remembered }),
});
