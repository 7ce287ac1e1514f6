/** What a plan's journal says: one line an entry, only ever added to, so that a run can end at any point. */

export type LogEntry = { at: string } & (
  | { plan: string }
  /** About to write these ids: record → contact. */
  | { intent: Record<string, string> }
  /** What was about to be written or cleared is not on its way: the CRM has refused the run. */
  | { settled: string[] }
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
  | { state: 'written' | 'cleared' }
  /** Sent at this time or not yet, in milliseconds since 1970; `isSettled`: nothing is on its way. */
  | { state: 'intended' | 'clearing'; at: number; isSettled?: true }
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
  for (const entry of text.split('\n').flatMap(parseLine)) addEntry(log, entry);
  return log;
}

/** What a further line says. */
export function addEntry(log: WriteLog, entry: LogEntry): void {
  if ('plan' in entry) log.plan = entry.plan;
  if ('settled' in entry) for (const record of entry.settled) settle(log, record);
  for (const [record, state] of statesIn(entry)) {
    log.states.set(record, state);
    if (state.state === 'intended') log.ours.add(record);
    if (state.state === 'refused' || state.state === 'cleared') log.ours.delete(record);
  }
}

function settle({ states }: WriteLog, record: string): void {
  const before = states.get(record);
  if (before && 'at' in before) states.set(record, { ...before, isSettled: true });
}

function parseLine(line: string): LogEntry[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as LogEntry];
  } catch {
    return [];
  }
}

function statesIn(entry: LogEntry): [string, WriteState][] {
  const at = Date.parse(entry.at);
  if ('intent' in entry) return Object.keys(entry.intent).map((record) => [record, { state: 'intended', at }]);
  if ('written' in entry) return entry.written.map((record) => [record, { state: 'written' }]);
  if ('clearing' in entry) return entry.clearing.map((record) => [record, { state: 'clearing', at }]);
  if ('cleared' in entry) return entry.cleared.map((record) => [record, { state: 'cleared' }]);
  if ('skipped' in entry) return withReasons('skipped', entry.skipped);
  if ('refused' in entry) return withReasons('refused', entry.refused);
  if ('kept' in entry) return withReasons('kept', entry.kept);
  return [];
}

const withReasons = (state: 'skipped' | 'refused' | 'kept', reasons: Record<string, string>) =>
  Object.entries(reasons).map(([record, why]): [string, WriteState] => [record, { state, why }]);
