import { type Contact, MAX_REPEATS } from '../ledger/contacts.ts';
import { type EventRecord, hasReason } from '../ledger/event-record.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Plan } from '../ledger/plans.ts';
import type { UndoRefusal } from './refusals.ts';
import { isUnderWay, placeRepeats, repeatsOf } from './repeated-events.ts';

/** What the ledger knows of a merge that may be taken back. */
export interface MergeToUndo {
  record: EventRecord;
  plan: Plan;
  survivor: Contact;
  /** The survivor's latest merge before this one, where it is known. */
  earlierMerge: string | undefined;
  /** Events that joined the same contacts again; parked with the undo. */
  repeatedBy: string[];
}

/**
 * Whether the ledger lets an event's merge be taken back: it merged something, its plan is kept, and nothing was merged
 * since into its survivor, nor the survivor into another. Reads only.
 */
export async function checkLedger(ledger: Ledger, record: EventRecord): Promise<MergeToUndo | UndoRefusal> {
  const plan = await ledger.plans.read(record.eventId, record.plan);
  if (!plan) return { refused: 'plan-expired' };
  const unusable = unusablePlan(plan) ?? (await severalRuns(ledger, record));
  if (unusable) return unusable;
  const survivor = (await ledger.contacts.read(plan.identities.survivor)).value;
  const losers = await ledger.contacts.readMany(plan.identities.absorbed);
  const aliases = [...losers.values()].map(({ value }) => value);
  const refusal = laterMerge(record, survivor, aliases);
  if (refusal) return refusal;
  const earlierMerge = aliases.find(({ mergedAfter = record.eventId }) => mergedAfter !== record.eventId)?.mergedAfter;
  const repeats = await checkRepeats(ledger, record, plan, survivor);
  return 'refused' in repeats ? repeats : { record, plan, survivor, earlierMerge, ...repeats };
}

/** What the event's own record says against it, where no undo of it is under way. */
export function checkRecord(record: EventRecord): UndoRefusal | undefined {
  if (record.kind !== 'merge') return { refused: 'not-a-merge' };
  if (record.state === 'skipped') return { refused: 'nothing-merged', by: record.reason };
  if (record.state === 'applied' && record.reason === 'undone') return { refused: 'already-undone' };
  if (record.state !== 'applied') return { refused: 'not-applied', by: record.state };
  if (record.erased) return { refused: 'values-erased' };
  return hasReason(record, 'nothing-left-to-do') ? { refused: 'nothing-merged', by: 'nothing-left-to-do' } : undefined;
}

function unusablePlan(plan: Plan): UndoRefusal | undefined {
  const { steps, part, heir, before, survivorRecord } = plan;
  if (part) return { refused: 'too-large' };
  if (heir !== undefined) return { refused: 'record-was-renamed', by: heir };
  if (steps.some(({ kind }) => kind === 'command')) return undefined;
  if (!isMerge(plan)) return { refused: 'nothing-merged', by: steps[0]?.kind ?? 'nothing-left-to-do' };
  const known = new Set(before.map(({ recordId }) => recordId));
  const merged = steps.flatMap((step) => (step.kind === 'merge' ? step.losers : []));
  const isKept = known.has(survivorRecord ?? '') && merged.every((loser) => known.has(loser));
  return isKept ? undefined : { refused: 'no-pre-images' };
}

/** Contacts without a record were merged in the ledger alone: that is taken back as well, for an earlier merge to be latest. */
function isMerge({ steps, identities, survivorRecord }: Plan): boolean {
  if (steps.some(({ kind }) => kind === 'merge')) return true;
  const creates = steps.some(({ kind }) => kind === 'create');
  return identities.absorbed.length > 0 && survivorRecord !== undefined && !creates;
}

/** A run that may have changed something: any call of it that was not plainly refused. */
async function severalRuns(ledger: Ledger, record: EventRecord): Promise<UndoRefusal | undefined> {
  if (record.plan <= 1) return undefined;
  const calls = await ledger.journal.read(record);
  const changed = calls.some(({ plan, outcome }) => plan < record.plan && !HARMLESS.test(outcome));
  return changed ? { refused: 'several-runs' } : undefined;
}

const HARMLESS = /^(permanent|auth|retry-soon|retry-after|apart|not-created|unknown-contacts|crm-.*)$/;

function laterMerge({ eventId }: EventRecord, survivor: Contact, losers: Contact[]): UndoRefusal | undefined {
  if (survivor.mergedInto !== undefined) return { refused: 'not-latest', by: survivor.mergedBy ?? '?' };
  const other = losers.find(({ mergedBy }) => mergedBy !== eventId);
  if (other) return { refused: 'not-latest', by: other.mergedBy ?? '?' };
  if (survivor.latestMerge === undefined) return { refused: 'latest-unknown' };
  return survivor.latestMerge === eventId ? undefined : { refused: 'not-latest', by: survivor.latestMerge };
}

async function checkRepeats(
  ledger: Ledger,
  { eventId }: EventRecord,
  { identities }: Plan,
  contact: Contact,
): Promise<Pick<MergeToUndo, 'repeatedBy'> | UndoRefusal> {
  if ((contact.repeats ?? []).length >= MAX_REPEATS) return { refused: 'too-many-repeats', by: String(MAX_REPEATS) };
  const separation = { eventId, survivor: identities.survivor, losers: identities.absorbed };
  const { torn } = await placeRepeats(ledger, separation, repeatsOf(contact, eventId));
  const open = torn.find(isUnderWay);
  return open ? { refused: 'event-under-way', by: open.eventId } : { repeatedBy: torn.map((one) => one.eventId) };
}
