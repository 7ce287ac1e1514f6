import type { Json } from '../json.ts';

/** A day and an instant, as far as both can be told from what was written. */
export interface Moment {
  /** `YYYY-MM-DD` in the configured zone; where the text names a day and no zone, that day. */
  day: string;
  /** Milliseconds since 1970. */
  at: number;
}

export type MomentResult = Moment | 'empty' | { problem: string };

const YEARS = { first: 1800, last: 2200 };
const SECONDS_END = Date.UTC(YEARS.last, 0, 1) / 1000; // As seconds anything above is past 2200: then it is milliseconds.
const MINUTE_MS = 60_000;
// 0000-00-00 and Go's zero time 0001-01-01: "no date" in the databases and languages of this market.
const ZERO_DATES = ['0000-00-00', '0001-01-01'];

const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const TIMESTAMP = /^-?\d{9,14}$/;
const WRITTEN =
  /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]\s*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:[.,](\d{1,9}))?秒?|分)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;
const WITHOUT_YEAR = /^\d{1,2}[-/.月]\d{1,2}日?$/;

/**
 * Reads the ways a birthday or date arrives: `1990-01-02`, `1990/1/2`, `1990年1月2日`, `19900102`, each with or without a
 * time and a zone, or a timestamp in seconds or milliseconds. 0 and zero dates are "none".
 * @param zoneMinutes east of UTC, for texts without a zone and for the day of an instant.
 */
export function readMoment(value: Json, zoneMinutes: number): MomentResult {
  if (typeof value !== 'string' && typeof value !== 'number') return { problem: 'is neither a text nor a number' };
  const text = String(value).trim();
  if (text === '' || text === '0' || ZERO_DATES.some((zero) => text.startsWith(zero))) return 'empty';
  const written = WRITTEN.exec(text) ?? COMPACT.exec(text);
  const compactButNoDay = COMPACT.test(text) && typeof value === 'number' && !isDay(written);
  if (written && !compactButNoDay) return fromWritten(written, zoneMinutes);
  if (typeof value === 'number') return fromTimestamp(value, zoneMinutes);
  if (TIMESTAMP.test(text)) return fromTimestamp(Number(text), zoneMinutes);
  return { problem: WITHOUT_YEAR.test(text) ? 'has no year' : 'is in no known form of a date' };
}

/** `+08:00` → 480, `Z` → 0. */
export function minutesOfZone(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function isDay(parts: RegExpExecArray | null): boolean {
  return parts !== null && dayOf(parts) !== undefined;
}

/** `undefined` for days that no calendar has. */
function dayOf([, year, month, date]: RegExpExecArray): string | undefined {
  const day = `${year}-${month?.padStart(2, '0')}-${date?.padStart(2, '0')}`;
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day) ? day : undefined;
}

function fromWritten(parts: RegExpExecArray, zoneMinutes: number): MomentResult {
  const day = dayOf(parts);
  if (day === undefined) return { problem: 'is a day that does not exist' };
  const [, , , , hour = '0', minute = '0', second = '0', fraction = '', zone] = parts;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    return { problem: 'is a time that does not exist' };
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3));
  const sinceMidnight = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + milliseconds;
  const offset = zone === undefined ? zoneMinutes : minutesOfZone(zone);
  const at = Date.parse(`${day}T00:00:00Z`) + sinceMidnight - offset * MINUTE_MS;
  return within(at, zone === undefined ? day : dayIn(at, zoneMinutes));
}

function fromTimestamp(value: number, zoneMinutes: number): MomentResult {
  if (!Number.isFinite(value)) return { problem: 'is no moment in time' };
  const at = Math.trunc(Math.abs(value) < SECONDS_END ? value * 1000 : value);
  return within(at, dayIn(at, zoneMinutes));
}

function within(at: number, day: string): MomentResult {
  const year = Number(day.slice(0, 4));
  const inside = day.length === 10 && year >= YEARS.first && year <= YEARS.last;
  return inside ? { at, day } : { problem: `is outside the years ${YEARS.first} to ${YEARS.last}` };
}

const MAX_DATE_MS = 8.64e15; // ECMAScript's own limit: a Date beyond it throws.

function dayIn(at: number, zoneMinutes: number): string {
  const shifted = at + zoneMinutes * MINUTE_MS;
  return Math.abs(shifted) > MAX_DATE_MS ? '' : (new Date(shifted).toISOString().split('T')[0] ?? '');
}
