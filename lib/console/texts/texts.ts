import type { Language, Sentence } from '../../sentence.ts';
import { BULK } from './bulk.ts';
import { CALL } from './call.ts';
import { CONTACT } from './contact.ts';
import { EVENT } from './event.ts';
import { EVENTS } from './events.ts';
import { EXPORT } from './export.ts';
import { FRAME } from './frame.ts';
import { LINK } from './link.ts';
import { OVERVIEW } from './overview.ts';
import { UNDO } from './undo.ts';

/** Every text of the pages, by name and language. */
export const TEXTS = {
  frame: FRAME,
  overview: OVERVIEW,
  events: EVENTS,
  event: EVENT,
  contact: CONTACT,
  bulk: BULK,
  link: LINK,
  call: CALL,
  export: EXPORT,
  undo: UNDO,
} as const satisfies Record<string, Record<string, Sentence>>;

type Page = keyof typeof TEXTS;

/** `frame.find`. */
export type TextName = { [P in Page]: `${P}.${keyof (typeof TEXTS)[P] & string}` }[Page];

type Values = Record<string, string | number>;

/** Text of one language; `{count}` in it is filled in from `values`. */
export type Tell = (name: TextName, values?: Values) => string;

export function tellIn(language: Language): Tell {
  return (name, values = {}) => {
    const [page = '', text = ''] = name.split('.');
    const sentence = (TEXTS as Record<string, Record<string, Sentence>>)[page]?.[text];
    return (sentence?.[language] ?? '').replace(/\{(\w+)\}/g, (_all, key: string) => String(values[key] ?? ''));
  };
}

const MINUTE = 60_000;
const AGES: [limit: number, unit: number, en: string, zh: string][] = [
  [90_000, 1_000, 's', '秒'],
  [90 * MINUTE, MINUTE, 'min', '分钟'],
  [48 * 60 * MINUTE, 60 * MINUTE, 'h', '小时'],
  [Number.POSITIVE_INFINITY, 24 * 60 * MINUTE, 'days', '天'],
];

/** How long something takes or has taken, roughly. @param ms milliseconds */
export function ageIn(language: Language, ms: number): string {
  const [, unit, en, zh] = AGES.find(([limit]) => ms < limit) as (typeof AGES)[number];
  const count = Math.max(0, Math.round(ms / unit));
  return language === 'zh' ? `${count} ${zh}` : `${count} ${en}`;
}
