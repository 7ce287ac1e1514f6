import type { Language } from '../sentence.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `2026-11-27 14:05 (Asia/Shanghai)`. @param at milliseconds since 1970 */
export function timeText(at: number, timeZone: string): string {
  if (!Number.isFinite(at)) return '?';
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return `${parts.format(at)} (${timeZone})`;
}

/** How long something has lasted, in its largest unit. */
export function ageText(ms: number, language: Language): string {
  const [count, en, zh] =
    ms >= 2 * DAY
      ? [ms / DAY, 'days', '天']
      : ms >= 2 * HOUR
        ? [ms / HOUR, 'h', '小时']
        : [Math.max(ms, MINUTE) / MINUTE, 'min', '分钟'];
  return language === 'zh' ? `${Math.floor(count)} ${zh}` : `${Math.floor(count)} ${en}`;
}

/** A calendar day of a time zone: its name, and its ends in milliseconds since 1970 (the first included). */
export interface Day {
  name: string;
  from: number;
  to: number;
}

/** The calendar day before the one that `at` is in. */
export function dayBefore(at: number, timeZone: string): Day {
  const to = startOfDay(at, timeZone);
  const from = startOfDay(to - 1, timeZone);
  return { name: dateIn(from, timeZone), from, to };
}

const dateIn = (at: number, timeZone: string) => new Intl.DateTimeFormat('sv-SE', { timeZone }).format(at);

/** The first minute that has the same date; days with a change of the clock have 23 or 25 hours. */
function startOfDay(at: number, timeZone: string): number {
  const date = dateIn(at, timeZone);
  let [before, inside] = [Math.floor(at / MINUTE) - 26 * 60, Math.floor(at / MINUTE)];
  while (inside - before > 1) {
    const middle = Math.floor((before + inside) / 2);
    if (dateIn(middle * MINUTE, timeZone) === date) inside = middle;
    else before = middle;
  }
  return inside * MINUTE;
}
