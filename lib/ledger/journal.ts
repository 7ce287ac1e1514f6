import type { Work } from '../merge/claim.ts';
import type { DocumentKey, Documents } from '../ports.ts';

/** One call at the CRM and what came of it. Codes and ids only. */
export interface JournalEntry {
  plan: number;
  step: number;
  attempt: number;
  call: string;
  at: number;
  answeredAt: number;
  outcome: string;
  code?: string;
}

const journalKey = (tenant: string, eventId: string): DocumentKey => ({ tenant, kind: 'journal', id: eventId });

/** An entry is written once under its own place; writing it again (a repeated put) changes nothing. */
async function writeJournal(work: Work, entry: JournalEntry): Promise<void> {
  const place = [entry.plan, entry.step, entry.attempt].map((n) => String(n).padStart(4, '0'));
  const sort = [...place, entry.call, String(entry.at)].join('.');
  const expiresAt = work.now() + work.timing.journalMs;
  await work.ledger.put({ ...journalKey(work.tenant, work.eventId), sort }, entry, { expected: 0, expiresAt });
}

/** Notes a call at the CRM for the plan and step the event is at. */
export async function note(work: Work, seen: { what: string; at: number; outcome: string; code?: string | undefined }) {
  const { progress, plan } = work.record;
  await writeJournal(work, {
    plan,
    step: progress?.step ?? 0,
    attempt: progress?.attempts ?? 0,
    call: seen.what,
    at: seen.at,
    answeredAt: work.now(),
    outcome: seen.outcome,
    ...(seen.code !== undefined && { code: seen.code }),
  });
}

/** @returns the event's calls in the order they were made. */
export async function readJournal(ledger: Documents, tenant: string, eventId: string): Promise<JournalEntry[]> {
  const entries = await ledger.all<JournalEntry>(journalKey(tenant, eventId));
  return entries.map(({ value }) => value).sort((a, b) => a.at - b.at);
}
