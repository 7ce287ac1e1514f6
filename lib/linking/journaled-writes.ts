import { CrmError } from '../errors.ts';
import { DEFAULT_TIMING } from '../ledger/timing.ts';
import type { IdWrite, LinkableCrm } from '../ports.ts';
import type { Patience } from './patience.ts';
import { type BatchWritten, settle, writeBatch } from './write-batch.ts';
import { addEntry, type LogEntry, type WriteLog } from './write-log.ts';

type Said = LogEntry extends infer One ? (One extends LogEntry ? Omit<One, 'at'> : never) : never;

/** Writes of ids that a journal tells of, each before it is sent. */
export interface Journaled extends Patience {
  crm: LinkableCrm;
  /** What the journal says so far. */
  journal: WriteLog;
  /** Adds a line to the journal and returns when it is on the disk. */
  log(entry: LogEntry): Promise<void>;
  /** Called before a wait for what was sent without an answer; `until` in milliseconds since 1970. */
  onSilence?(until: number): void;
}

/** So often a batch may have no answer before the run ends. */
export const MAX_DOUBTS = 5;
const { settleMs } = DEFAULT_TIMING;

export async function say(run: Journaled, said: Said): Promise<void> {
  const entry = { at: new Date(run.now()).toISOString(), ...said } as LogEntry;
  await run.log(entry);
  addEntry(run.journal, entry);
}

/** Sends a batch: before each call the journal says what it is for, and after a refusal that nothing is on its way. */
export function send(run: Journaled, writes: IdWrite[], intentOf: (writes: IdWrite[]) => Said): Promise<BatchWritten> {
  const writeIds: LinkableCrm['writeIds'] = async (some) => {
    await say(run, intentOf(some));
    try {
      return await run.crm.writeIds(some);
    } catch (error) {
      const isRefused = error instanceof CrmError && error.kind !== 'ambiguous';
      if (isRefused) await say(run, { settled: some.map(({ recordId }) => recordId) });
      throw error;
    }
  };
  return writeBatch({ writeIds }, writes, run);
}

/**
 * What an earlier try, or an earlier run that was stopped, has sent to these records without an answer may still arrive,
 * after another id has come there. So nothing is written or cleared on them before it has, or can no more. @throws CrmError
 */
export async function settleEarlier(run: Journaled, links: { record: string; contact: string }[]): Promise<void> {
  const sent = links.flatMap(({ record, contact }) => {
    const state = run.journal.states.get(record);
    if (!state || !('at' in state) || state.isSettled || run.now() >= state.at + settleMs) return [];
    return [{ recordId: record, contactId: state.state === 'intended' ? contact : null, until: state.at + settleMs }];
  });
  if (sent.length === 0) return;
  const until = Math.max(...sent.map((one) => one.until));
  await settle(run.crm, sent, { now: run.now, sleep: run.sleep, until, onWait: run.onSilence });
}
