import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { FIELDS, type FieldKey, type History, type HistoryEvent } from './history.ts';
import type { MergeEffect } from './model-record-crm.ts';

/** A person's record as the CRM's own people see it, whatever kind of CRM it is. */
export interface SeenRecord {
  contactId: string | undefined;
  values: Record<string, unknown>;
}

export interface Observed {
  history: History;
  records: Map<string, EventRecord>;
  /** What the CRM held before, by contact: several for a contact that was there twice. */
  before: SeenRecord[];
  after: SeenRecord[];
  effects: MergeEffect[];
  /** A contact that was unknown in the CRM gets a record. */
  creates: boolean;
  /** Records were merged by hand meanwhile: only safety is promised. */
  byHand: boolean;
  /** Payloads and plans expired meanwhile: only safety is promised. */
  expires?: boolean;
  /** Policy `snapshot`: what an event says the survivor was counts as well as what it changed. */
  snapshot?: boolean;
  /** Fields that are written only where the CRM has nothing. */
  ifEmpty?: FieldKey[];
}

/** Without the payloads' and plans' whole story, or with another hand in it, no end is certain. */
const onlySafe = ({ byHand, expires }: Observed) => byHand || expires === true;

const DOUBTS = ['self-merge', 'cycle', 'loser-claimed-twice', 'two-records-for-one-contact'];

/** Applies the same history in the sender's order, and says how what happened differs from what was promised. */
export function violations(observed: Observed): string[] {
  const applied = observed.history.events.filter(({ id }) => isDone(observed.records.get(id)));
  const rootOf = follow(applied);
  return [
    ...unfinished(observed),
    ...wronglyParked(observed),
    ...strangersMerged(observed, onlySafe(observed) ? observed.history.events : applied),
    ...mergedTwice(observed),
    ...(onlySafe(observed) ? [] : notConverged(observed, applied, rootOf)),
  ];
}

const isDone = (record: EventRecord | undefined) =>
  (record?.state === 'applied' && record.reason !== 'undone') || record?.state === 'skipped';

/** Promise 7: every accepted event ends. */
function unfinished({ history, records }: Observed): string[] {
  return history.events.flatMap(({ id }) => {
    const { state, reason } = records.get(id) ?? {};
    const ended = state === 'applied' || (state === 'skipped' && reason !== 'observed') || state === 'parked';
    return ended ? [] : [`promise 7: event ${id} ended as ${state ?? 'unknown'}`];
  });
}

/** Promise 6: doubt is parked, and nothing else is. */
function wronglyParked(observed: Observed): string[] {
  const { history, records, before } = observed;
  const uncertain = onlySafe(observed);
  const doubtful = history.events.some(({ contradictory }) => contradictory) || uncertain || hasTwins(before);
  return history.events.flatMap(({ id }) => {
    const record = records.get(id);
    if (record?.state !== 'parked') return [];
    if (record.reason === 'undone-by-operator')
      return hasUndo(observed) ? [] : [`promise 6: event ${id} parked for an undo`];
    const known = DOUBTS.includes(record.reason ?? '') || uncertain;
    return doubtful && known ? [] : [`promise 6: event ${id} parked for ${record.reason}`];
  });
}

const hasUndo = ({ records }: Observed) => [...records.values()].some(({ reason }) => reason === 'undone');

function hasTwins(before: SeenRecord[]): boolean {
  return new Set(before.map(({ contactId }) => contactId)).size < before.length;
}

/** The contact that each is after these events, whatever their order. */
function follow(events: HistoryEvent[]): (contact: string) => string {
  const next = new Map<string, string>();
  for (const { survivor, losers } of [...events].reverse()) for (const loser of losers) next.set(loser, survivor);
  return (contact) => {
    let at = contact;
    for (let hops = 0; next.has(at) && hops < 1000; hops++) at = next.get(at) ?? at;
    return at;
  };
}

/** Promise 6: no two records are merged that no event joins. */
function strangersMerged({ effects, history, records }: Observed, applied: HistoryEvent[]): string[] {
  // What was undone was merged before.
  const circleOf = join([...applied, ...history.events.filter(({ id }) => records.get(id)?.reason === 'undone')]);
  return effects.flatMap(({ survivorContact, loserContact }) => {
    if (survivorContact === undefined || loserContact === undefined) return [];
    const joined = circleOf(survivorContact) === circleOf(loserContact);
    return joined ? [] : [`promise 6: ${loserContact} was merged into the stranger ${survivorContact}`];
  });
}

/** Whom these events connect at all, in whatever direction. */
function join(events: HistoryEvent[]): (contact: string) => string {
  const circles = new Map<string, string>();
  const circleOf = (contact: string): string => {
    const next = circles.get(contact);
    return next === undefined ? contact : circleOf(next);
  };
  for (const { survivor, losers } of events)
    for (const loser of losers)
      if (circleOf(loser) !== circleOf(survivor)) circles.set(circleOf(loser), circleOf(survivor));
  return circleOf;
}

/** Promise 5: at most one effect per merge. */
function mergedTwice({ effects }: Observed): string[] {
  const losers = effects.map(({ loserRecord }) => loserRecord);
  const twice = new Set(losers.filter((loser, index) => losers.indexOf(loser) !== index));
  return [...twice].map((loser) => `promise 5: record ${loser} was merged away twice`);
}

function notConverged(observed: Observed, applied: HistoryEvent[], rootOf: (contact: string) => string): string[] {
  const twins = twinContacts(observed.before);
  const roots = [...new Set(observed.history.contacts.map(rootOf))];
  return roots.flatMap((root) => {
    const members = observed.history.contacts.filter((contact) => rootOf(contact) === root);
    if (members.some((member) => twins.has(member))) return [];
    return personDiffers(observed, applied, root, members);
  });
}

function twinContacts(before: SeenRecord[]): Set<string | undefined> {
  const ids = before.map(({ contactId }) => contactId);
  return new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
}

/** Promise 4 for one person: one record, known under the final survivor's id, with the latest values. */
function personDiffers(observed: Observed, applied: HistoryEvent[], root: string, members: string[]): string[] {
  const about = applied.filter((event) => members.includes(event.survivor));
  const before = observed.before.filter(({ contactId }) => contactId !== undefined && members.includes(contactId));
  const after = observed.after.filter(({ contactId }) => contactId !== undefined && members.includes(contactId));
  const isUndone = wasUndone(observed, members);
  if (about.length === 0 && hasSetAside(observed, members)) return sameContacts(before, after, root);
  if (about.length === 0)
    return same(before, after, isUndone) ? [] : [`promise 4a: ${root}, whom no event names, was touched`];
  const expected = before.length > 0 || observed.creates ? 1 : 0;
  if (after.length !== expected) return [`promise 4a: ${root} has ${after.length} records instead of ${expected}`];
  const [record] = after;
  if (!record) return [];
  if (record.contactId !== root) return [`promise 4a: ${root}'s record is known as ${record.contactId}`];
  // An undo gives back what was there before, which may be older than a late event's value: records are promised, no values.
  if (isUndone) return [];
  // A captured body that came first names the event: the outer id is not signed, and it breaks ties.
  const known = about.map((event) => ({ ...event, id: observed.records.get(event.id)?.eventId ?? event.id }));
  return FIELDS.flatMap((field) => {
    if (observed.ifEmpty?.includes(field)) return overwritten({ before, about, root }, record, field);
    return fieldDiffers(observed.snapshot ? known.map(withOld) : known, root, record, field);
  });
}

const withOld = (event: HistoryEvent): HistoryEvent => ({ ...event, changed: { ...event.old, ...event.changed } });

interface Person {
  before: SeenRecord[];
  about: HistoryEvent[];
  root: string;
}

/** `if-empty`: what the final survivor's own record has stays; what is filled in is a value that there was. */
function overwritten({ before, about, root }: Person, record: SeenRecord, field: FieldKey): string[] {
  const found = record.values[field] ?? '';
  const own = before.find(({ contactId }) => contactId === root)?.values[field] ?? '';
  if (own !== '') return found === own ? [] : [`if-empty: ${root}.${field} was overwritten`];
  const told = about.flatMap(({ changed, old }) => [changed[field], old[field]]);
  const known = ['', ...before.map(({ values }) => values[field]), ...told];
  return known.includes(found) ? [] : [`if-empty: ${root}.${field} is a value that no record had`];
}

/** Promise 10: every value was brought in by the tenant's own history or CRM. */
export function mixedUp({ after }: Observed, isForeign: (value: string) => boolean): string[] {
  return after.flatMap(({ contactId, values }) =>
    FIELDS.some((field) => isForeign(String(values[field] ?? '')))
      ? [`promise 10: ${contactId} has a value of another tenant`]
      : [],
  );
}

const wasUndone = ({ history, records }: Observed, members: string[]): boolean =>
  history.events.some(
    ({ id, survivor, losers }) =>
      records.get(id)?.reason === 'undone' && [survivor, ...losers].some((contact) => members.includes(contact)),
  );

/** An event that was applied, and parked when the merge before it was taken back: what it wrote stays. */
const hasSetAside = ({ history, records }: Observed, members: string[]): boolean =>
  history.events.some(({ id, survivor, losers }) => {
    const { reason, plan = 0 } = records.get(id) ?? {};
    const isAbout = [survivor, ...losers].some((contact) => members.includes(contact));
    return isAbout && reason === 'undone-by-operator' && plan > 0;
  });

function sameContacts(before: SeenRecord[], after: SeenRecord[], root: string): string[] {
  const ids = (records: SeenRecord[]) => records.map(({ contactId }) => contactId).join();
  return ids(before) === ids(after) ? [] : [`promise 4a: ${root} has other records than before its merge was undone`];
}

/** @param isUndone a value that was emptied again counts as one that never was. */
function same(before: SeenRecord[], after: SeenRecord[], isUndone: boolean): boolean {
  const text = (records: SeenRecord[]) => JSON.stringify(isUndone ? records.map(withoutBlanks) : records);
  return text(before) === text(after);
}

const withoutBlanks = ({ contactId, values }: SeenRecord) => ({
  contactId,
  values: FIELDS.filter((field) => (values[field] ?? '') !== '').map((field) => [field, values[field]]),
});

/** Promise 4b: the latest event about the final survivor decides. */
function fieldDiffers(about: HistoryEvent[], root: string, record: SeenRecord, field: FieldKey): string[] {
  const governing = about.filter(({ survivor, changed }) => survivor === root && changed[field] !== undefined);
  const latest = governing.sort((a, b) => b.triggerTs - a.triggerTs || (a.id < b.id ? 1 : -1))[0];
  if (!latest) return [];
  const wanted = latest.changed[field] ?? '';
  const found = record.values[field] ?? '';
  return found === wanted ? [] : [`promise 4b: ${root}.${field} is not what event ${latest.id} says`];
}
