import type { Log, LogFields } from '../log.ts';

/** One short line an event for a person at a terminal; what happens all the time is left out. */
export function createHumanLog(write: (line: string) => void, now: () => number): Log {
  const tell = (message: string, fields: LogFields = {}) => {
    if (message === 'reconciled') return;
    const { tenant, eventId, state, reason, problem } = fields;
    const subject = [tenant, eventId].filter((part) => part !== undefined && part !== '').join('/');
    const parts = [clock(now()), message, subject, state, reason, problem].filter((part) => part !== undefined);
    write(parts.map(printable).join('  '));
  };
  return { info: tell, warn: tell, error: tell };
}

const clock = (at: number) => new Date(at).toISOString().slice(11, 19);

// Ids come from outside, and a terminal obeys control characters.
const printable = (part: string | number | boolean | undefined) =>
  String(part)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD')
    .slice(0, 160);
