import type { Finding } from './finding.ts';

// Receivers that follow Standard Webhooks accept five minutes; a JWT assertion lives for three.
const MAX_SKEW_MS = 60_000;

/** Compares this clock with the `Date` of an answer. @param now milliseconds since 1970. @param who as in "the endpoint". */
export function checkClock(headers: Headers, now: number, who: string): Finding {
  const theirs = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(theirs)) return { check: 'clock', ok: true, advice: `${who} does not tell its time` };
  const seconds = Math.round((now - theirs) / 1000);
  if (Math.abs(seconds) * 1000 <= MAX_SKEW_MS) return { check: 'clock', ok: true, advice: `agrees with ${who}` };
  const advice = `this machine is ${Math.abs(seconds)} s ${seconds > 0 ? 'fast' : 'slow'} by ${who}: synchronise it (NTP), signatures count as too old otherwise`;
  return { check: 'clock', ok: false, advice };
}
