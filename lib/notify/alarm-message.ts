import { colon, type Language, type Sentence } from '../sentence.ts';
import { type AlarmChange, type Runbook, readRunbook } from './alarm.ts';
import WORDS from './alarm-words.json';
import type { Line, Message } from './message.ts';
import type { NotifySettings } from './settings.ts';
import { timeText } from './time-words.ts';

interface AlarmWords {
  title: Sentence;
  /** Chinese, with PREFIX for the deployment's; the English is the alarm's description. */
  impact: string;
  cause: string;
  next: string;
}

export interface Teller extends Pick<NotifySettings, 'language' | 'timeZone'> {
  /** The deployment: first part of the names of its alarms, and the option of its commands. */
  prefix: string;
}

/** Alarms after whose end something still waits: the first command goes on being the first. */
const LEAVES_WORK = ['parked', 'held', 'unlinked', 'crm-auth', 'keys-differ', 'refused-steadily', 'outcome-lost'];

const TEXTS = {
  alarm: { en: 'ALARM', zh: '告警' },
  over: { en: 'OK', zh: '恢复' },
  since: { en: 'since', zh: '自' },
  at: { en: 'at', zh: '于' },
  impact: { en: 'Impact', zh: '影响' },
  cause: { en: 'Likely cause', zh: '可能原因' },
  command: { en: 'First command', zh: '先运行' },
  next: { en: 'Then', zh: '然后' },
  ended: { en: 'No new sign of it.', zh: '不再出现。' },
  work: { en: 'What it was about still waits. First command', zh: '之前的仍待处理，先运行' },
} as const satisfies Record<string, Sentence>;

/** One message for all alarms that changed together: the runbook of a single one, a list of several. */
export function alarmMessage(changes: AlarmChange[], teller: Teller): Message {
  const latest = latestOfEach(changes);
  const [first, ...others] = latest;
  return first && others.length === 0 ? single(first, teller) : folded(latest, teller);
}

/** Each alarm once, as it is now; those that ring before those that are over. */
function latestOfEach(changes: AlarmChange[]): AlarmChange[] {
  const byName = new Map([...changes].sort((a, b) => a.since - b.since).map((change) => [change.name, change]));
  return [...byName.values()].sort((a, b) => Number(a.isOver) - Number(b.isOver) || a.since - b.since);
}

const wordsOf = (name: string): AlarmWords | undefined => (WORDS as Record<string, AlarmWords>)[name];
const titleOf = ({ name }: AlarmChange, language: Language) => wordsOf(name)?.title[language] ?? name;

function single(change: AlarmChange, teller: Teller): Message {
  const { language, timeZone, prefix } = teller;
  const state = TEXTS[change.isOver ? 'over' : 'alarm'][language];
  const when = `${TEXTS[change.isOver ? 'at' : 'since'][language]} ${timeText(change.since, timeZone)}`;
  return {
    tone: change.isOver ? 'ok' : 'alarm',
    title: `[${state}] ${titleOf(change, language)}`,
    lines: [
      `${prefix}-${change.name}, ${when}`,
      ...(change.isOver ? ended(change, language) : ringing(change, teller)),
    ],
  };
}

function ringing(change: AlarmChange, { language, prefix }: Teller): Line[] {
  const runbook = readRunbook(change.description);
  if (!runbook) return change.description === '' ? [] : [change.description];
  const said = inLanguage(runbook, change.name, language);
  const line = (part: 'impact' | 'cause' | 'next') =>
    `${TEXTS[part][language]}${colon(language)}${said[part].replaceAll('PREFIX', prefix)}`;
  return [
    line('impact'),
    line('cause'),
    `${TEXTS.command[language]}${colon(language)}`,
    { command: runbook.command },
    line('next'),
  ];
}

function inLanguage(runbook: Runbook, name: string, language: Language): Omit<Runbook, 'command'> {
  return language === 'zh' ? (wordsOf(name) ?? runbook) : runbook;
}

function ended({ name, description }: AlarmChange, language: Language): Line[] {
  const runbook = readRunbook(description);
  if (!runbook || !LEAVES_WORK.includes(name)) return [TEXTS.ended[language]];
  return [`${TEXTS.ended[language]} ${TEXTS.work[language]}${colon(language)}`, { command: runbook.command }];
}

function folded(changes: AlarmChange[], { language, timeZone, prefix }: Teller): Message {
  const over = changes.filter(({ isOver }) => isOver).length;
  const counts = [
    [TEXTS.alarm[language], changes.length - over],
    [TEXTS.over[language], over],
  ].filter(([, count]) => count !== 0);
  const line = (change: AlarmChange) =>
    `- ${TEXTS[change.isOver ? 'over' : 'alarm'][language]} ${titleOf(change, language)} (${change.name}), ${timeText(change.since, timeZone)}`;
  const commands = changes.filter(({ isOver }) => !isOver).flatMap((change) => commandLines(change));
  return {
    tone: over === changes.length ? 'ok' : 'alarm',
    title: `[${counts.map(([word, count]) => `${word} ${count}`).join(', ')}] ${prefix}`,
    lines: [...changes.map(line), ...commands],
  };
}

function commandLines({ name, description }: AlarmChange): Line[] {
  const runbook = readRunbook(description);
  return runbook ? [`${name}:`, { command: runbook.command }] : [];
}
