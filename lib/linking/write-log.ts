/** What a plan's journal says: one line an entry, only ever added to, so that a run can end at any point. */

export type LogEntry = { at: string } & (
  | { plan: string }
  /** About to write these ids: record → contact. */
  | { intent: Record<string, string> }
  | { written: string[] }
  /** Not written: record → why. */
  | { skipped: Record<string, string> }
  /** Refused by the CRM: record → its code. */
  | { refused: Record<string, string> }
  /** About to clear the ids of these records. */
  | { clearing: string[] }
  | { cleared: string[] }
  /** Not cleared: record → why. */
  | { kept: Record<string, string> }
);

/** Where a plan's record stands. */
export type WriteState =
  | { state: 'intended' | 'written' | 'clearing' | 'cleared' }
  | { state: 'skipped' | 'refused' | 'kept'; why: string };

export interface WriteLog {
  plan: string | undefined;
  states: Map<string, WriteState>;
  /** Records whose id, where it is the plan's, the plan has written: since an intent, and until it was refused or cleared. */
  ours: Set<string>;
}

/** Where each record stands after these lines; an unfinished last line, of a process that was killed, says nothing. */
export function readLog(text: string): WriteLog {
  const log: WriteLog = { plan: undefined, states: new Map(), ours: new Set() };
  for (const entry of text.split('\n').flatMap(parseLine)) {
    if ('plan' in entry) log.plan = entry.plan;
    for (const [record, state] of statesIn(entry)) {
      log.states.set(record, state);
      if (state.state === 'intended') log.ours.add(record);
      if (state.state === 'refused' || state.state === 'cleared') log.ours.delete(record);
    }
  }
  return log;
}

function parseLine(line: string): LogEntry[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as LogEntry];
  } catch {
    return [];
  }
}

function statesIn(entry: LogEntry): [string, WriteState][] {
  if ('intent' in entry) return Object.keys(entry.intent).map((record) => [record, { state: 'intended' }]);
  if ('written' in entry) return entry.written.map((record) => [record, { state: 'written' }]);
  if ('clearing' in entry) return entry.clearing.map((record) => [record, { state: 'clearing' }]);
  if ('cleared' in entry) return entry.cleared.map((record) => [record, { state: 'cleared' }]);
  if ('skipped' in entry) return withReasons('skipped', entry.skipped);
  if ('refused' in entry) return withReasons('refused', entry.refused);
  if ('kept' in entry) return withReasons('kept', entry.kept);
  return [];
}

const withReasons = (state: 'skipped' | 'refused' | 'kept', reasons: Record<string, string>) =>
  Object.entries(reasons).map(([record, why]): [string, WriteState] => [record, { state, why }]);
