import type { Metric } from './metrics.ts';

/**
 * One JSON line an entry. Fields are ids, reasons, counts and times: never bodies, headers, names, numbers of people.
 */
export type LogFields = {
  metric?: Metric | undefined;
  [name: string]: string | number | boolean | undefined;
};

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const MAX_TEXT = 256; // Ids come from outside: a log line stays a line whatever they hold.

/** @param write takes one line without its newline; @param now milliseconds since 1970. */
export function createLog(write: (line: string) => void, now: () => number): Log {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      write(JSON.stringify(shortened({ level, time: new Date(now()).toISOString(), message }, fields)));
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** One object and no list of entries: this runs for every callback. */
function shortened(line: LogFields, fields: LogFields): LogFields {
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    line[name] = typeof value === 'string' ? value.slice(0, MAX_TEXT) : value;
  }
  return line;
}

/** A log whose lines all carry `fields` as well. */
export function withFields(log: Log, fields: LogFields): Log {
  return {
    info: (message, more) => log.info(message, joined(fields, more)),
    warn: (message, more) => log.warn(message, joined(fields, more)),
    error: (message, more) => log.error(message, joined(fields, more)),
  };
}

// Spread twice in one object takes twenty times as long, and every callback comes here.
const joined = (fields: LogFields, more: LogFields | undefined): LogFields => Object.assign({}, fields, more);
