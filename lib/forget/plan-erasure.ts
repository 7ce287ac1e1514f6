import { batchesOf } from '../batches.ts';
import { inParallel } from '../in-parallel.ts';
import { type EventRecord, listOfRecord, progressOf } from '../ledger/event-record.ts';
import { type EventList, listOf } from '../ledger/event-states.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Plan } from '../ledger/plans.ts';
import type { UndoPlan } from '../ledger/undo-plans.ts';
import { contactsOf, contactsOfUndo, namesOne } from './named-contacts.ts';
import { type Person, personOf } from './person.ts';

/** An event about the person, and what of it holds values. */
export interface Erasable {
  eventId: string;
  state: EventRecord['state'];
  /** What 尘锋 sent is still kept. */
  payload: boolean;
  /** Numbers of the plans that hold records as they were, or values that were written. */
  plans: number[];
  /** Numbers of its undo plans: they hold what was to be written to take the merge back. */
  undoPlans: number[];
  /** Its values were erased before, or an erasure was begun. */
  isErased: boolean;
  /** A replay would do something, and is not possible afterwards. */
  losesReplay: boolean;
}

/** What forgetting a person comes to, before anything is erased. No values. */
export interface Erasure extends Person {
  contact: string;
  /** With something to erase, or erased before; in the order in which they came. */
  events: Erasable[];
  /** Events about the person that are not over: as long as there are any, nothing is erased. */
  underWay: string[];
  /** Events that were looked at. */
  seen: number;
}

/** Every event that may hold values stands in one of these. What is ignored is not kept. */
const LISTS: EventList[] = ['open', 'held', 'parked', 'applied', 'skipped', 'unlinked', 'observed'];
const AT_ONCE = 100;

/**
 * Finds all that the ledger still holds of a person. Looks at every event of the tenant: an event that found nothing left
 * to do is not known under its contacts. @param onSeen called with the number of events that were looked at. @throws StoreError
 */
export async function planErasure(
  ledger: Ledger,
  contact: string,
  onSeen?: (seen: number, total: number) => void,
): Promise<Erasure> {
  const person = await personOf(ledger, contact);
  const everything = { before: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER };
  const lists = await inParallel(LISTS, (list) => ledger.events.listed(list, everything));
  // An event may have moved from one list to another between two answers.
  const ids = [...new Set(lists.flat().map(({ id }) => id))];
  const erasure: Erasure = { contact, ...person, events: [], underWay: [], seen: 0 };
  const wanted = new Set(person.contacts);
  for (const some of batchesOf(ids, AT_ONCE)) {
    for (const found of await inParallel(some, (eventId) => lookAt(ledger, eventId, wanted))) {
      if (found && isUnderWay(found.record)) erasure.underWay.push(found.record.eventId);
      else if (found) erasure.events.push(erasableOf(found));
    }
    erasure.seen += some.length;
    onSeen?.(erasure.seen, ids.length);
  }
  return erasure;
}

/** A worker may need its values, or an operator has to say first what becomes of it. */
export const isUnderWay = (record: EventRecord): boolean =>
  ['open', 'held'].includes(listOf(record.state)) || progressOf(record) !== undefined;

interface Found {
  record: EventRecord;
  hasPayload: boolean;
  plans: Plan[];
  undoPlans: UndoPlan[];
}

async function lookAt(ledger: Ledger, eventId: string, wanted: ReadonlySet<string>): Promise<Found | undefined> {
  const record = (await ledger.events.read(eventId))?.value;
  if (!record) return undefined;
  const [content, plans, undoPlans] = await Promise.all([
    ledger.contents.read(record.digest),
    ledger.plans.all(eventId),
    record.kind === 'merge' ? ledger.undoPlans.all(eventId) : [],
  ]);
  const payload = content?.payload;
  const isAbout = namesOne(wanted, record, payload, [...plans.map(contactsOf), ...undoPlans.map(contactsOfUndo)]);
  return isAbout ? { record, hasPayload: payload !== undefined, plans, undoPlans } : undefined;
}

const numbersOf = (plans: Pick<Plan, 'erased' | 'number'>[]): number[] =>
  plans.filter(({ erased }) => !erased).map(({ number }) => number);

function erasableOf({ record, hasPayload, plans, undoPlans }: Found): Erasable {
  const { eventId, state, erased: isErased = false } = record;
  return {
    eventId,
    state,
    payload: hasPayload,
    plans: numbersOf(plans),
    undoPlans: numbersOf(undoPlans),
    isErased,
    losesReplay: !isErased && (state === 'parked' || ['unlinked', 'observed'].includes(listOfRecord(record))),
  };
}
