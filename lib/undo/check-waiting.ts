import { inParallel } from '../in-parallel.ts';
import type { EventRecord } from '../ledger/event-record.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readRecords } from '../ledger/read-records.ts';
import { loadEvent } from '../merge/load-event.ts';
import { followAliases } from '../merge/plan/resolve-aliases.ts';
import type { MergeToUndo } from './check-ledger.ts';
import type { UndoRefusal } from './refusals.ts';
import { isSetAside } from './repeated-events.ts';

const MAX_WAITING = 5_000;
const NOT_OVER = ['open', 'held', 'parked'] as const;

/**
 * Whether an event that is not over is about the survivor of a merge or a contact that became part of it. Reads only.
 */
export async function checkWaiting(ledger: Ledger, { record, plan, survivor }: MergeToUndo) {
  const by = survivor.lockedBy?.event;
  if (by !== undefined && by !== record.eventId) return underWay(by);
  const range = { before: Number.MAX_SAFE_INTEGER, limit: MAX_WAITING + 1 };
  const lists = await inParallel([...NOT_OVER], (list) => ledger.events.listed(list, range));
  if (lists.some(({ length }) => length > MAX_WAITING))
    return { refused: 'too-many-waiting', by: String(MAX_WAITING) } satisfies UndoRefusal;
  const ids = lists.flat().map(({ id }) => id);
  const waiting = await readRecords(
    ledger,
    [...new Set(ids)].filter((id) => id !== record.eventId),
  );
  return firstAbout(
    ledger,
    waiting.filter((one) => !isSetAside(one)),
    plan.identities.survivor,
  );
}

const underWay = (by: string): UndoRefusal => ({ refused: 'event-under-way', by });

async function firstAbout(ledger: Ledger, records: EventRecord[], survivor: string): Promise<UndoRefusal | undefined> {
  const named = await inParallel(records, async (record) => ({ record, contacts: await contactsOf(ledger, record) }));
  const { roots } = await followAliases(ledger.contacts, [...new Set(named.flatMap(({ contacts }) => contacts))]);
  const about = named.find(({ contacts }) => contacts.some((id) => roots.get(id) === survivor));
  return about && underWay(about.record.eventId);
}

async function contactsOf(ledger: Ledger, record: EventRecord): Promise<string[]> {
  if (record.kind !== 'merge') return [];
  const loaded = await loadEvent(ledger, record);
  return 'event' in loaded ? [loaded.event.survivorId, ...loaded.event.loserIds] : [];
}
