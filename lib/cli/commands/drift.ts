import path from 'node:path';
import { Command } from 'commander';
import { csvOf } from '../../csv.ts';
import { DRIFT_CLASSES, type DriftClass, type DriftRow, driftOf } from '../../linking/drift.ts';
import { type Language, languageOf } from '../../sentence.ts';
import type { Io } from '../io.ts';
import { type MatchFileOptions, matchFile } from '../link/match-file.ts';
import { writeWhole } from '../link/plan-files.ts';
import { fitted } from '../link/summary.ts';
import { mergedAway } from '../link/survivors.ts';
import { openTenant, type TenantOptions } from '../link/tenant-settings.ts';
import { printableId } from '../printable.ts';
import { addServiceOptions } from '../service-options.ts';
import { addMatchingOptions } from './link.ts';

type DriftOptions = MatchFileOptions & TenantOptions & { out?: string };

export function driftCommand(io: Io): Command {
  const command = new Command('drift')
    .summary('report how far the CRM has come apart from 尘锋')
    .description(
      'Compares a 尘锋 export, the CRM and the ledger, and reports what is linked, what is not, which merges are missing in ' +
        'the CRM, which were made there by hand, and ids that stand on two records. Changes nothing.',
    )
    .argument('<file>', 'the export: CSV (UTF-8 or GBK) or .xlsx');
  return addMatchingOptions(addServiceOptions(command))
    .option('--out <name>', 'the report gets this name (default: that of the file, beside it)')
    .addHelpText('after', '\nExamples:\n  npx merge-sync drift contacts.csv --prefix merge-sync-prod')
    .action((file: string, options: DriftOptions) => drift(file, options, io));
}

async function drift(file: string, options: DriftOptions, io: Io): Promise<void> {
  const tenant = await openTenant(options, io);
  const { rows, records } = await matchFile(file, tenant, options, io);
  const carried = [...new Set(records.flatMap(({ contactIds }) => contactIds))];
  const merged = tenant.service ? await mergedAway(tenant.service.ledger, carried) : new Map();
  const found = driftOf(rows, records, merged);
  const language = languageOf(io.env);
  const { dir, name } = path.parse(file);
  const report = options.out ?? path.join(dir, `${name}.drift.csv`);
  writeWhole(report, csvOf([COLUMNS, ...found.map((row) => cellsOf(row, language))], '\t'));
  if (options.json) io.out(JSON.stringify({ counts: countsOf(found), report }));
  else io.out(summaryLines(found, report, language).flatMap(fitted).join('\n'));
  if (!tenant.service) io.err(NO_LEDGER[language]);
}

const NO_LEDGER = {
  en: 'without --prefix or --local the ledger was not asked: missing merges are not known',
  zh: '未指定 --prefix 或 --local，没有查询账本：无法得知哪些合并缺失',
};

const COLUMNS = ['class', 'contactId', 'recordIds', 'mergedInto', 'event', 'meaning'];

const cellsOf = (
  { class: kind, contactId = '', recordIds, survivor = '', event = '' }: DriftRow,
  language: Language,
) => [kind, contactId, recordIds.join(' '), survivor, event, DRIFT_CLASSES[kind][language]];

const CLASSES = Object.keys(DRIFT_CLASSES) as DriftClass[];

const countsOf = (rows: DriftRow[]) =>
  Object.fromEntries(CLASSES.map((kind) => [kind, rows.filter((row) => row.class === kind).length]));

const MAX_EXAMPLES = 3;

function summaryLines(rows: DriftRow[], report: string, language: Language): string[] {
  const counts = countsOf(rows);
  const lines = CLASSES.flatMap((kind) => [
    `  ${String(counts[kind]).padStart(7)}  ${kind.padEnd(14)}  ${DRIFT_CLASSES[kind][language]}`,
    ...(kind === 'merge-missing'
      ? rows
          .filter((row) => row.class === kind)
          .slice(0, MAX_EXAMPLES)
          .map(missingLine)
      : []),
  ]);
  return [...lines, '', language === 'zh' ? `报告  ${report}` : `Report  ${report}`];
}

const missingLine = ({ contactId = '', survivor = '', event = '' }: DriftRow) =>
  `             ${printableId(contactId)} → ${printableId(survivor)}, ${printableId(event)}`;
