import type { EventRecord } from '../../lib/ledger/event-record.ts';
import type { JournalEntry } from '../../lib/ledger/journal.ts';
import type { Crm } from '../../lib/ports.ts';
import { type Reconciled, reconcile } from '../../lib/recovery/reconcile.ts';
import { createMergeWorld, type MergeWorldOptions, TENANT, type Write } from '../merge/merge-world.ts';

/** A merge world that also reconciles and tells each write of an event's record as a line of text. */
export function createTransitionsWorld(crm: Crm, options: Partial<MergeWorldOptions> = {}) {
  const world = createMergeWorld({ crm, ...options });
  const { ledgerOf, queue, clock, timing } = world;
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  return {
    ...world,
    reconcile: (): Promise<Reconciled> =>
      reconcile({
        ledger: ledgerOf,
        queue,
        now: () => clock.now,
        log,
        tenants: [TENANT],
        timing,
        deadline: () => Number.POSITIVE_INFINITY,
      }),
    /** Every write of this event's record so far. */
    history: (eventId: string) =>
      world.writes.events.filter(({ key }) => key.kind === 'event' && key.id === eventId).map(told),
  };
}

/** State, reason, what the record carries, and its place: the list of its state at the time it came, or another one and the seconds to it. */
function told({ value, listed, at }: Write): string {
  const record = value as EventRecord & { [field: string]: unknown };
  const fields = Object.keys(record).filter((field) => !FACTS.has(field));
  const words = fields.sort().map((field) => `${field}${detail(record, field, at)}`);
  const isUnderItsTime = listed?.list === record.state && listed.at === record.receivedAt;
  const list = isUnderItsTime ? 'at its time' : `${listed?.list}+${Math.round(((listed?.at ?? 0) - at) / 1000)}`;
  return [record.state, record.reason, ...words, list].filter(Boolean).join(' | ');
}

const FACTS = new Set(['eventId', 'kind', 'name', 'state', 'reason', 'digest', 'receivedAt', 'updatedAt', 'listedAt']);

function detail(record: { [field: string]: unknown }, field: string, at: number): string {
  const value = record[field];
  if (field === 'worker') return `+${((value as { until: number }).until - at) / 1000}`;
  if (field === 'resumeAt') return `+${((value as number) - at) / 1000}`;
  if (field === 'queuedAt' || field === 'firstFailureAt') return '';
  if (field === 'operatorActions') return `=${(value as { action: string }[]).map(({ action }) => action)}`;
  if (field === 'calls') return calls(value as JournalEntry[]);
  if (field === 'progress') return ` ${progress(value as { [name: string]: unknown })}`;
  return `=${value}`;
}

/** How many, and the last one. */
function calls(entries: JournalEntry[]): string {
  const last = entries.at(-1);
  return `=${entries.length}: ${last?.call} ${last?.outcome}`;
}

function progress({ step, sent, attempts, sentAt: _sentAt, ...more }: { [name: string]: unknown }): string {
  const rest = Object.entries(more).map(([name, value]) => ` ${name}=${value}`);
  return `step ${step}${sent ? ' sent' : ''} ${attempts}${rest.join('')}`;
}
