import type { Ledger } from '../ledger/ledger.ts';

/** Everything the ledger knows of an event; undefined when there is none. Holds personal data: for loopback only. */
export async function viewEvent(ledger: Ledger, eventId: string) {
  const record = (await ledger.events.read(eventId))?.value;
  if (!record) return undefined;
  const [plan, journal, content] = await Promise.all([
    ledger.plans.read(eventId, record.plan),
    ledger.journal.read(record),
    ledger.contents.read(record.digest),
  ]);
  return { ...record, planNumber: record.plan, plan: plan ?? null, journal, payload: content?.payload ?? null };
}
