import { localClock } from '../local-time.ts';
import type { Log, LogFields } from '../log.ts';
import type { Language } from '../sentence.ts';
import { MESSAGES, reasonInChinese, stateInChinese } from './log-words.ts';
import { wrap } from './story/wrap.ts';

export interface HumanLogOptions {
  write(line: string): void;
  /** Milliseconds since 1970. */
  now: () => number;
  language: Language;
  /** Columns of the terminal. */
  width: number;
}

/** A short entry an event for a person at a terminal; what happens all the time is left out. */
export function createHumanLog({ write, now, language, width }: HumanLogOptions): Log {
  const words = language === 'zh' ? CHINESE : ENGLISH;
  const tell = (message: string, fields: LogFields = {}) => {
    if (message === 'reconciled') return;
    const { tenant, eventId, state, reason, problem } = fields;
    const subject = [tenant, eventId].filter((part) => part !== undefined && part !== '').join('/');
    const told = [
      localClock(now()),
      words.message(message),
      subject,
      words.state(state),
      words.reason(reason),
      problem,
    ];
    const text = told.filter((part) => part !== undefined && part !== '').map(printable);
    write(wrap(text.join('  '), { width, indent: '  ' }).join('\n'));
  };
  return { info: tell, warn: tell, error: tell };
}

type Part = LogFields[string];

const ENGLISH = {
  message: (text: string) => text,
  state: (state: Part) => state,
  reason: (reason: Part) => reason,
};

const CHINESE = {
  message: (text: string) => MESSAGES[text] ?? text,
  state: (state: Part) => state && stateInChinese(String(state)),
  reason: (reason: Part) => reason && reasonInChinese(String(reason)),
};

// Ids come from outside, and a terminal obeys control characters.
const printable = (part: Part) =>
  String(part)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD')
    .slice(0, 160);
