import { readRecord } from '../ledger/event-record.ts';
import { readJournal } from '../ledger/journal.ts';
import { readPayload } from '../ledger/payloads.ts';
import { readPlan } from '../ledger/plans.ts';
import type { Documents } from '../ports.ts';

/** Everything the ledger knows of an event; undefined when there is none. Holds personal data: for loopback only. */
export async function viewEvent(stores: { events: Documents; ledger: Documents }, tenant: string, eventId: string) {
  const { events, ledger } = stores;
  const record = (await readRecord(events, tenant, eventId))?.value;
  if (!record) return undefined;
  const [plan, journal, payload] = await Promise.all([
    readPlan(ledger, tenant, eventId, record.plan),
    readJournal(ledger, tenant, eventId),
    readPayload(events, tenant, record.digest),
  ]);
  return { ...record, planNumber: record.plan, plan: plan ?? null, journal, payload: payload ?? null };
}
