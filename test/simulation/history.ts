import { createHash } from 'node:crypto';
import type { JsonObject } from '../../lib/json.ts';
import type { SeededRandom } from './seeded-random.ts';

export const FIELDS = ['remark', 'position', 'address', 'customFields.c1'] as const;
export type FieldKey = (typeof FIELDS)[number];

/** One merge as 尘锋 made it, in the order it made them. */
export interface HistoryEvent {
  id: string;
  survivor: string;
  losers: string[];
  /** Seconds. */
  triggerTs: number;
  changed: Partial<Record<FieldKey, string>>;
  /** What the survivor was before, as far as the sender says. */
  old: Partial<Record<FieldKey, string>>;
  /** It contradicts the others: the one that comes second must be parked. */
  contradictory: boolean;
}

export interface History {
  contacts: string[];
  events: HistoryEvent[];
}

const FIRST_SECOND = 1_700_000_000;

/**
 * What 尘锋 might have done: merges among a few contacts, repeats of them, and, if wanted, events that cannot be true.
 * @param length events, of about as many contacts; a few of each if left out.
 */
export function makeHistory(random: SeededRandom, contradictions: boolean, length?: number): History {
  const people = length === undefined ? 3 + random.below(6) : 2 * length;
  const contacts = Array.from({ length: people }, (_, index) => `c${index}`);
  const alive = [...contacts];
  const events: HistoryEvent[] = [];
  const wanted = length ?? 1 + random.below(7);
  let second = FIRST_SECOND;
  while (events.length < wanted) {
    second += random.below(3);
    const draft = random.chance(0.12) && events.length > 0 ? again(random, events) : fresh(random, alive);
    if (!draft) break;
    events.push({ ...draft, id: `e${random.below(1000)}-${events.length}`, triggerTs: draft.triggerTs ?? second });
  }
  if (contradictions) events.push(...impossible(random, events, contacts, second));
  return { contacts, events };
}

type Draft = Omit<HistoryEvent, 'id' | 'triggerTs'> & { triggerTs?: number };

function fresh(random: SeededRandom, alive: string[]): Draft | undefined {
  if (alive.length < 2) return undefined;
  const [survivor, ...rest] = random.shuffled(alive) as [string, ...string[]];
  const losers = rest.slice(0, 1 + (random.chance(0.3) ? random.below(Math.min(3, rest.length)) : 0));
  for (const loser of losers) alive.splice(alive.indexOf(loser), 1);
  return {
    survivor,
    losers,
    changed: changes(random, survivor, 0.45),
    old: changes(random, survivor, 0.3),
    contradictory: false,
  };
}

/** The sender tells the same merge twice under two ids, or names with a loser what that had absorbed before. */
function again(random: SeededRandom, events: HistoryEvent[]): Draft {
  const { survivor, losers, changed, old, triggerTs } = random.pick(events);
  const absorbed = events.filter((other) => losers.includes(other.survivor)).flatMap((other) => other.losers);
  const named = random.chance(0.5) ? losers : [...new Set([...losers, ...absorbed])];
  return { survivor, losers: named, changed, old, triggerTs, contradictory: false };
}

function changes(random: SeededRandom, survivor: string, share: number): HistoryEvent['changed'] {
  const changed: HistoryEvent['changed'] = {};
  for (const field of FIELDS)
    if (random.chance(share)) changed[field] = random.chance(0.3) ? '' : `${survivor}:${field}:${random.below(1e6)}`;
  return changed;
}

function impossible(random: SeededRandom, events: HistoryEvent[], contacts: string[], second: number): HistoryEvent[] {
  const victim = random.pick(events);
  const loser = victim.losers[0] ?? '';
  const other = random.pick(contacts.filter((contact) => contact !== loser));
  const drafts: { survivor: string; losers: string[] }[] = [
    { survivor: victim.survivor, losers: [victim.survivor] },
    { survivor: victim.survivor, losers: [...victim.losers, victim.survivor] },
    { survivor: loser, losers: [victim.survivor] },
    { survivor: other, losers: [loser] },
  ];
  return [random.pick(drafts)].map((draft) => ({
    ...draft,
    id: `x${random.below(1000)}`,
    triggerTs: second + random.below(5),
    changed: changes(random, draft.survivor, 0.45),
    old: {},
    contradictory: true,
  }));
}

/** The body of the callback. */
export function wireBody(event: HistoryEvent): JsonObject {
  return {
    id: event.survivor,
    mainID: event.survivor,
    account: 'W1',
    actionOrigin: '',
    uid: '1',
    mergedIDs: event.losers,
    mergedContacts: event.losers.map(() => ({ remark: '' })),
    changed: wireFields(event.changed),
    old: wireFields(event.old),
    triggerTs: event.triggerTs,
  };
}

function wireFields({ 'customFields.c1': custom, ...fields }: HistoryEvent['changed']): JsonObject {
  const customFields = custom === undefined ? [] : [{ id: 'c1', type: 'text', value: JSON.stringify(custom) }];
  return { ...fields, ...(customFields.length > 0 && { customFields }) };
}

/** What names this event's content: SHA-256, hex. */
export function digestOf(event: HistoryEvent): string {
  return createHash('sha256')
    .update(JSON.stringify(wireBody(event)))
    .digest('hex');
}
