const two = (value: number) => String(value).padStart(2, '0');

/** `2026-11-27 03:00:40 +08:00`: a moment (milliseconds since 1970) in the time zone of this process, which it names. */
export function localTime(at: number): string {
  const date = new Date(at);
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${localClock(at)}`;
}

/** The same without its day: `03:00:40 +08:00`. */
export function localClock(at: number): string {
  const date = new Date(at);
  const minutes = -date.getTimezoneOffset();
  const zone = [Math.abs(minutes) / 60, Math.abs(minutes) % 60].map((part) => two(Math.trunc(part))).join(':');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${clock} ${minutes < 0 ? '-' : '+'}${zone}`;
}
