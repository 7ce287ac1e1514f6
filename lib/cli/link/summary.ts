import type { Keys } from '../../linking/keys.ts';
import type { LinkRow } from '../../linking/match.ts';
import { LINK_CLASSES, LINK_REASONS, type LinkClass } from '../../linking/reasons.ts';
import { wrap } from '../../local/story/wrap.ts';
import type { Language } from '../../sentence.ts';
import { printableId } from '../printable.ts';
import type { Matched } from './match-file.ts';
import type { PlanFiles } from './plan-files.ts';
import { quoted } from './same-options.ts';

export interface PlanFacts {
  file: string;
  files: PlanFiles;
  rows: LinkRow[];
  matched: Matched;
  /** Of CRM. */
  kind: string;
  /** The links are a file to import, not a plan to apply. */
  byHand: boolean;
  /** Options that the next command needs, too. */
  options: string;
  /** Contacts whose keys were remembered for events. */
  remembered?: number;
}

const CLASSES = Object.keys(LINK_CLASSES) as LinkClass[];

/** Rows per class, those without any included. */
export const countsOf = (rows: readonly LinkRow[]): Record<LinkClass, number> =>
  Object.fromEntries(CLASSES.map((kind) => [kind, rows.filter((row) => row.class === kind).length])) as Record<
    LinkClass,
    number
  >;

/** What a plan came to, for a person: counts, examples by line and id, files, and what to do next. No values. */
export function summaryLines(facts: PlanFacts, language: Language): string[] {
  const counts = countsOf(facts.rows);
  const width = String(Math.max(...Object.values(counts))).length;
  const lines = [
    ...sourceLines(facts, language),
    '',
    ...CLASSES.flatMap((kind) => [
      `  ${String(counts[kind]).padStart(width)}  ${kind.padEnd(17)}  ${LINK_CLASSES[kind][language]}`,
      ...exampleLines(facts.rows, kind, language, width),
    ]),
    '',
    ...nextLines(facts, language),
  ];
  return lines.flatMap(fitted);
}

const COLUMNS = 60;

/** A line of a summary for a narrow terminal, too; a command stays whole, to be copied. */
export function fitted(line: string): string[] {
  if (line.includes('npx ')) return [line];
  const margin = /^ *(?:\d+ {2}[a-z-]+ +)?/.exec(line)?.[0] ?? '';
  return wrap(line, { width: COLUMNS, indent: ' '.repeat(margin.length) });
}

function sourceLines({ file, matched, kind, byHand }: PlanFacts, language: Language): string[] {
  const { contacts, records, pages } = matched;
  const source = byHand ? { en: 'from a file', zh: '来自文件' } : { en: `in ${pages} calls`, zh: `${pages} 次调用` };
  const sides =
    language === 'zh'
      ? [`${file}：${contacts.length} 个联系人`, `${kind}：${records.length} 条记录，${source.zh}`]
      : [`${file}: ${contacts.length} contacts`, `${kind}: ${records.length} records, ${source.en}`];
  return [...sides, ...keyLines(matched, byHand, language)];
}

/** Where id and keys were read, and which key one side does not have at all: such a key links nothing and forbids nothing. */
function keyLines({ columns, contacts, records, matching }: Matched, byHand: boolean, language: Language): string[] {
  const zh = language === 'zh';
  const read = ['id', ...matching.keys].map(
    (role) => `${role} = ${columns[role]?.join(' + ') ?? (zh ? '无' : 'none')}`,
  );
  const has = (side: readonly { keys: Keys }[], key: string) => side.some(({ keys }) => (keys[key] ?? []).length > 0);
  const inFile = matching.keys.filter((key) => columns[key] !== undefined && !has(contacts, key));
  const inCrm = records.length === 0 ? [] : matching.keys.filter((key) => !has(records, key));
  const lookedIn = (key: string) => (byHand ? '' : ` (${(matching.properties[key] ?? []).join(', ')})`);
  return [
    zh ? `列：${read.join('，')}` : `Columns: ${read.join(', ')}`,
    ...inFile.map((key) =>
      zh ? `注意：文件中没有任何 ${key} 可以作为键` : `Note: no row of the file has the key ${key}`,
    ),
    ...inCrm.map((key) =>
      zh ? `注意：没有任何记录有键 ${key}${lookedIn(key)}` : `Note: no record has the key ${key}${lookedIn(key)}`,
    ),
  ];
}

const MAX_EXAMPLES = 2;
const SHOWN: LinkClass[] = ['matched', 'merged-before', 'ambiguous', 'conflict', 'unusable'];

function exampleLines(rows: readonly LinkRow[], kind: LinkClass, language: Language, width: number): string[] {
  if (!SHOWN.includes(kind)) return [];
  const indent = ' '.repeat(width + 4);
  return rows
    .filter((row) => row.class === kind)
    .slice(0, MAX_EXAMPLES)
    .flatMap((row) => [`${indent}${exampleOf(row, language)}`, `${indent}  ${LINK_REASONS[row.reason][language]}`]);
}

function exampleOf({ lines = [], recordIds, key }: LinkRow, language: Language): string {
  const line = language === 'zh' ? `第 ${lines.join('、')} 行` : `line ${lines.join(', ')}`;
  const records = recordIds.slice(0, 3).map(printableId).join(', ');
  return [line, ...(records ? [`→ ${records}`] : []), ...(key ? [`(${key})`] : [])].join(' ');
}

function nextLines({ remembered, ...facts }: PlanFacts, language: Language): string[] {
  const memory =
    remembered === undefined
      ? []
      : [
          language === 'zh'
            ? `已记住 ${remembered} 个联系人的键（哈希值），供事件关联使用。`
            : `The keys of ${remembered} contacts are remembered, hashed, for events about single contacts.`,
        ];
  return [...memory, ...planLines(facts, language)];
}

function planLines({ files, rows, byHand, options }: Omit<PlanFacts, 'remembered'>, language: Language) {
  const ids = rows.filter(({ writes }) => writes !== undefined).length;
  const apply = `  npx merge-sync link --apply ${quoted(files.plan)}${options}`;
  if (language === 'zh')
    return [
      `报告  ${files.report}（每一行的结果与原因）`,
      `${byHand ? '导入' : '计划'}  ${files.plan}（将写入 ${ids} 个 id）`,
      byHand ? '请在 CRM 中导入该文件。' : '尚未写入任何内容。请先查看报告，再执行：',
      ...(byHand ? [] : [apply]),
    ];
  return [
    `Report  ${files.report}: every row, what and why`,
    `${byHand ? 'Import' : 'Plan  '}  ${files.plan}: ${ids} ids to write`,
    byHand ? 'Import this file in the CRM.' : 'Nothing has been written. Look at the report, then:',
    ...(byHand ? [] : [apply]),
  ];
}
