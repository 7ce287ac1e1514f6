const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const MINUTE = 60_000;
const DAY = 86_400_000;

/** What `--since` and `--until` take; said where something else was given. */
export const MOMENT_FORMS =
  'It is a time such as 2026-11-27, 2026-11-27T03:00 or 2026-11-27T03:00:00Z, or how long ago: 90m, 2h, 3d.';

const FORM = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/;

/** A span of time that a text names, milliseconds since 1970: a whole day, a minute or a second. */
export interface Moment {
  from: number;
  /** The last millisecond of it. */
  to: number;
}

/**
 * Without a zone in that of this process, like the times the command prints. @param now milliseconds since 1970
 * @returns undefined for what is no time.
 */
export function readMoment(text: string, now: number): Moment | undefined {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) {
    const at = now - Number(count) * (UNITS[unit ?? ''] ?? 0);
    return { from: at, to: at };
  }
  const [, day, clock, seconds = '', zone = ''] = FORM.exec(text) ?? [];
  if (day === undefined || !isDay(day) || (clock === undefined && zone !== '')) return undefined;
  const from = new Date(`${day}T${clock ?? '00:00'}${seconds || ':00'}${zone}`).getTime();
  if (Number.isNaN(from)) return undefined;
  const length = clock === undefined ? DAY : seconds === '' ? MINUTE : 1_000;
  return { from, to: from + length - 1 };
}

/** JavaScript takes the 30th of February for the 2nd of March. */
const isDay = (day: string) => {
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
};
