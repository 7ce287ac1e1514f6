import type { Field, MergeEvent } from '../../event.ts';
import type { FieldClock, FieldClocks } from '../../ledger/contacts.ts';
import type { FieldDecision, Identities } from '../../ledger/plans.ts';
import type { MergePolicy } from '../policy.ts';

export interface ChosenFields {
  /** The event's fields that are to be written. */
  fields: Field[];
  decisions: FieldDecision[];
}

/** Promise 4b: of all events about a survivor the latest one decides a field, whichever comes first. */
export function chooseFields(
  event: MergeEvent,
  identities: Identities,
  clocks: FieldClocks,
  policy: MergePolicy,
): ChosenFields {
  const candidates = candidateFields(event, policy);
  const decide = (field: Field): FieldDecision['decision'] => {
    if (identities.survivorIsGone) return 'survivor-gone';
    if (policy.omitFields.includes(field.key)) return 'omitted';
    if (policy.fields === 'none') return 'switched-off';
    return isNewer(event, clockOf(clocks, field.key)) ? 'write' : 'older';
  };
  const decided = candidates.map((field) => ({ field, decision: decide(field) }));
  return {
    fields: decided.filter(({ decision }) => decision === 'write').map(({ field }) => field),
    decisions: decided.map(({ field, decision }) => ({ key: field.key, decision })),
  };
}

/** `snapshot` takes all that is known of the survivor: what it was, overlaid with what changed. */
function candidateFields(event: MergeEvent, policy: MergePolicy): Field[] {
  if (policy.fields !== 'snapshot') return event.changed;
  const changed = new Set(event.changed.map((field) => field.key));
  return [...event.old.filter((field) => !changed.has(field.key)), ...event.changed];
}

const clockOf = (clocks: FieldClocks, key: string): FieldClock | undefined =>
  Object.hasOwn(clocks, key) ? clocks[key] : undefined;

/** Later by `triggeredAt`; of two in the same moment the greater event id, so that every order gives the same. */
function isNewer(event: MergeEvent, clock: FieldClock | undefined): boolean {
  if (!clock || event.triggeredAt !== clock.at) return !clock || event.triggeredAt > clock.at;
  return event.eventId >= clock.eventId;
}

/**
 * The survivor's clocks after the event.
 * @param restated keys of earlier events' fields that were written along with it.
 */
export function advanceClocks(
  clocks: FieldClocks,
  event: Pick<MergeEvent, 'eventId' | 'triggeredAt'>,
  step: { fields: Pick<Field, 'key' | 'cleared'>[]; restated: string[]; written: boolean },
): FieldClocks {
  const next = new Map(Object.entries(clocks));
  if (step.written)
    for (const key of step.restated) {
      const clock = next.get(key);
      if (clock) next.set(key, { ...clock, written: true });
    }
  for (const { key, cleared } of step.fields)
    next.set(key, { at: event.triggeredAt, eventId: event.eventId, cleared, written: step.written });
  return Object.fromEntries(next);
}

/** A field that earlier events decided, and the clock of the latest of them. */
export type Governed = [key: string, clock: FieldClock];

/** Earlier events' fields that have not reached the CRM: there was no record then. */
export function unwrittenFields(clocks: FieldClocks, chosen: Field[], everything: boolean): Governed[] {
  return otherFields(clocks, chosen).filter(([, clock]) => everything || !clock.written);
}

/** Fields that earlier events emptied: a merge that fills blanks would bring them back. */
export function clearedFields(clocks: FieldClocks, chosen: Field[]): Governed[] {
  return otherFields(clocks, chosen).filter(([, clock]) => clock.cleared);
}

function otherFields(clocks: FieldClocks, chosen: Field[]): Governed[] {
  const keys = new Set(chosen.map((field) => field.key));
  return Object.entries(clocks).filter(([key]) => !keys.has(key));
}
