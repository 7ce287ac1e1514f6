import {
  ALL_STATES,
  EVENT_STATES,
  type EventState,
  listsOf,
  type OperatorAction,
} from '../../lib/ledger/event-states.ts';
import { REASONS } from '../../lib/ledger/reason-table.ts';
import type { ReasonName } from '../../lib/ledger/reasons.ts';
import { DEFAULT_TIMING } from '../../lib/ledger/timing.ts';
import { type Rule, TRANSITIONS } from '../../lib/ledger/transition-table.ts';
import { DRIFT_CLASSES } from '../../lib/linking/drift.ts';
import { EVENT_LINK_REASONS } from '../../lib/linking/event-reasons.ts';
import { LINK_CLASSES, LINK_REASONS } from '../../lib/linking/reasons.ts';

export type Language = 'en' | 'zh';
type Text = Record<Language, string>;
type Row = string[];

/** The tables of the pages that are made from data, by the name that stands in a page's marker. */
export const TABLES = {
  states: (language: Language) => markdown(STATE_HEADER[language], stateRows(language)),
  transitions: (language: Language) => markdown(TRANSITION_HEADER[language], transitionRows(language)),
  'states-for-operators': (language: Language) => markdown(OPERATOR_HEADER[language], operatorRows(language)),
  reasons: (language: Language) => markdown(REASON_HEADER[language], reasonRows(language)),
  'link-classes': (language: Language) => markdown(LINK_CLASS_HEADER[language], namedRows(LINK_CLASSES, language)),
  'drift-classes': (language: Language) => markdown(LINK_CLASS_HEADER[language], namedRows(DRIFT_CLASSES, language)),
  'event-link-reasons': (language: Language) =>
    markdown(LINK_REASON_HEADER[language], namedRows(EVENT_LINK_REASONS, language)),
  'link-reasons': (language: Language) => markdown(LINK_REASON_HEADER[language], namedRows(LINK_REASONS, language)),
} satisfies Record<string, (language: Language) => string>;

const MARKED = /(<!-- table: ([a-z-]+) -->\n).*?(<!-- \/table -->)/gs;

/**
 * @returns the page with every marked table made anew from the data.
 * @throws Error for a marker with a name that no table has.
 */
export function withTables(text: string, language: Language): string {
  return text.replace(MARKED, (_all, begin: string, name: string, end: string) => {
    const table = TABLES[name as keyof typeof TABLES];
    if (!table) throw new Error(`no table is called ${name}`);
    return `${begin}${table(language)}${end}`;
  });
}

/** The names of a page's marked tables. */
export const tableNamesIn = (text: string): string[] => [...text.matchAll(MARKED)].map(([, , name = '']) => name);

function markdown(header: Row, rows: Row[]): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |\n`;
  return `${line(header)}${line(header.map(() => '---')).replaceAll(' ', '')}${rows.map(line).join('')}`;
}

const code = (text: string) => `\`${text}\``;
const codes = (texts: readonly string[]) => texts.map(code).join(', ') || '–';

const STATE_HEADER: Record<Language, Row> = {
  en: ['State', 'Means', 'List', 'A worker may take it', 'Final', 'An operator may'],
  zh: ['状态', '含义', '列表', '可被领取', '终态', '运维可以'],
};

function stateRows(language: Language): Row[] {
  return ALL_STATES.map((state) => {
    const { claimable, final, operatorActions, means } = EVENT_STATES[state];
    const ticks = [claimable, final].map((fact) => (fact ? '✓' : ''));
    return [code(state), means[language], codes(listsOf(state)), ...ticks, codes(operatorActions)];
  });
}

const LINK_CLASS_HEADER: Record<Language, Row> = { en: ['Class', 'Means'], zh: ['类别', '含义'] };
const LINK_REASON_HEADER: Record<Language, Row> = { en: ['Reason', 'Means'], zh: ['原因', '含义'] };

const namedRows = (named: Record<string, Text>, language: Language): Row[] =>
  Object.entries(named).map(([name, means]) => [code(name), means[language]]);

const OPERATOR_HEADER: Record<Language, Row> = {
  en: ['State', 'Means', 'Goes on'],
  zh: ['状态', '含义', '怎样继续'],
};

function operatorRows(language: Language): Row[] {
  return ALL_STATES.map((state) => [code(state), EVENT_STATES[state].means[language], goesOn(state, language)]);
}

/** The command of an action: `settle-done` is `settle` with an option. */
const commandOf = (action: OperatorAction) => action.replace(/-.*/, '');

function goesOn(state: EventState, language: Language): string {
  const { final, operatorActions } = EVENT_STATES[state];
  const commands = [...new Set(operatorActions.map(commandOf))].map(code);
  if (commands.length === 0) return final ? '–' : { en: 'by itself', zh: '自动' }[language];
  const by = { en: `by ${commands.join(' or ')}`, zh: `用 ${commands.join(' 或 ')}` }[language];
  const once = {
    en: `${by}, once its contacts are linked or observe mode is over`,
    zh: `补上关联或结束观察模式后${by}`,
  };
  return final ? once[language] : by;
}

const TRANSITION_HEADER: Record<Language, Row> = {
  en: ['Transition', 'From', 'To', 'When', 'Contacts', '`reconcile` looks'],
  zh: ['转换', '从', '到', '何时', '联系人', '`reconcile` 何时查看'],
};

const CONTACTS: Record<Rule['contacts'], Text> = {
  kept: { en: 'kept', zh: '保留' },
  freed: { en: 'freed', zh: '放开' },
};

const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];

function duration(ms: number): Text {
  const hours = ms / HOUR_MS;
  if (Number.isInteger(hours)) return { en: `${hours} h`, zh: `${hours} 小时` };
  return { en: `${ms / MINUTE_MS} min`, zh: `${ms / MINUTE_MS} 分钟` };
}

const [GRACE, STUCK] = [duration(DEFAULT_TIMING.graceMs), duration(DEFAULT_TIMING.stuckMs)];

const LOOKS: Record<Rule['lookAgain'], Text> = {
  grace: { en: `after ${GRACE.en}`, zh: `${GRACE.zh}后` },
  stuck: { en: `after ${STUCK.en}`, zh: `${STUCK.zh}后` },
  backoff: { en: `after ${STUCK.en}, doubled each time`, zh: `${STUCK.zh}后，每次加倍` },
  lease: { en: `${GRACE.en} after the lease`, zh: `租约结束 ${GRACE.zh}后` },
  resume: { en: 'at the time it waits for', zh: '到约定时间' },
  'resume-and-grace': { en: `${GRACE.en} after the time it waits for`, zh: `约定时间 ${GRACE.zh}后` },
  never: { en: '–', zh: '–' },
};

function transitionRows(language: Language): Row[] {
  return Object.entries(TRANSITIONS).map(([name, { from, to, when, contacts, lookAgain }]) => [
    code(name),
    codes(from),
    code(to),
    when[language],
    CONTACTS[contacts][language],
    LOOKS[lookAgain][language],
  ]);
}

const REASON_HEADER: Record<Language, Row> = {
  en: ['Reason', 'State', 'Means', 'Do'],
  zh: ['原因', '状态', '含义', '怎么办'],
};

/** A reason as an operator sees it: `crm-refused:CODE`. */
export function shownReason(name: ReasonName): string {
  const facts = REASONS[name];
  if ('parameter' in facts) return `${name}:${facts.parameter}`;
  return 'mayFollow' in facts ? `${name}[:${facts.mayFollow}]` : name;
}

function reasonRows(language: Language): Row[] {
  return (Object.keys(REASONS) as ReasonName[]).map((name) => {
    const { state, means, todo } = REASONS[name];
    return [code(shownReason(name)), code(state), means[language], todo[language]];
  });
}
