import type { Json } from '../json.ts';
import type { MergedAway, PropertyValue, UnmergeCommand } from '../ports.ts';
import type { Sentence } from '../sentence.ts';
import type { FieldClocks } from './contacts.ts';
import type { TenantDocuments } from './tenant-documents.ts';

/**
 * What becomes of a property. `restore`: it is written back. `kept`: it was changed since the merge, and stays.
 * `cannot`: the CRM does not let it be written, or it cannot be said in one value. `as-before`: it is so already.
 */
export type FieldOutcome = 'restore' | 'kept' | 'cannot' | 'as-before';

/** A contact of a merge that is taken back, and what becomes of its record. No values. */
export interface UndoneContact {
  role: 'survivor' | 'loser';
  contactId: string;
  /** Not known of a CRM that is only told. */
  recordId: string | undefined;
  /** Losers only: how it comes back. One without a record was merged in the ledger alone. */
  comesBackAs?: 'itself' | 'new-record' | 'as-told' | 'no-record';
  fields: { property: string; outcome: FieldOutcome }[];
}

/** A property that is written back, where it still has the value that the merge left. */
export interface RestoredField {
  property: string;
  /** As the merge left it: any other value is a change since, and stays. */
  from: Json;
  to: PropertyValue;
}

/** One call at the CRM that takes a merge back. Frozen with the plan. */
export type UndoStep =
  | { kind: 'tell'; key: string; command: UnmergeCommand }
  | { kind: 'bring-back'; loser: MergedAway }
  | { kind: 'restore'; contact: string; fields: RestoredField[] };

/** What taking a merge back comes to, stored before the first call. Holds personal data. */
export interface UndoPlan {
  number: number;
  /** Milliseconds since 1970. */
  madeAt: number;
  /** The operator who asked for it. */
  by: string;
  /** The merge's own plan. */
  mergePlan: number;
  survivor: string;
  /** The kind of CRM that the merge was made in; left out by earlier versions. */
  crm?: string;
  /** The contacts that the merge absorbed. */
  losers: string[];
  /** The survivor's latest merge before it, where it is known. */
  earlierMerge?: string;
  /** What was shown of each contact, without values; left out by earlier versions. */
  contacts?: UndoneContact[];
  /** What does not come back in this CRM, in words. */
  cannot?: readonly Sentence[];
  /** What the survivor's fields had for clocks before the merge, as its plan says. */
  clocksBefore?: FieldClocks;
  steps: UndoStep[];
  /** The values were erased by an operator: contacts and properties are there without any. */
  erased?: true;
}

/** The undo plans of a tenant's events: an undo that was refused may be asked for again, with the next number. */
export interface UndoPlans {
  read(eventId: string, number: number): Promise<UndoPlan | undefined>;
  /**
   * @param expiresAt milliseconds since 1970.
   * @returns false, and nothing changed, where there is a plan of this number.
   */
  store(eventId: string, plan: UndoPlan, expiresAt: number): Promise<boolean>;
  /** Every undo plan of an event that is still kept, the first one first. */
  all(eventId: string): Promise<UndoPlan[]>;
  /** Takes the values off every undo plan of an event. Safe to repeat. @param expiresAt of what is left. */
  erase(eventId: string, expiresAt: number): Promise<void>;
}

/** Pure. */
const withoutValues = (plan: UndoPlan): UndoPlan => ({
  ...plan,
  steps: plan.steps.map(stepWithoutValues),
  erased: true,
});

function stepWithoutValues(step: UndoStep): UndoStep {
  if (step.kind === 'bring-back') return { ...step, loser: { ...step.loser, values: {} } };
  if (step.kind === 'restore')
    return { ...step, fields: step.fields.map(({ property }) => ({ property, from: null, to: null })) };
  return { ...step, command: { ...step.command, changed: {}, old: {}, mergedContacts: [] } };
}

export function createUndoPlans(documents: TenantDocuments): UndoPlans {
  const keyOf = (eventId: string, number: number) => ({
    kind: 'undo',
    id: eventId,
    sort: String(number).padStart(4, '0'),
  });
  const allOf = (eventId: string) => ({ id: eventId, kind: 'undo' });
  return {
    all: async (eventId) => (await documents.all<UndoPlan>(allOf(eventId))).map(({ value }) => value),
    async erase(eventId, expiresAt) {
      for (const { value } of await documents.all<UndoPlan>(allOf(eventId))) {
        const key = keyOf(eventId, value.number);
        const found = await documents.get<UndoPlan>(key);
        // Nothing else writes a plan again: what is not as it was read was erased.
        if (found && !found.value.erased)
          await documents.put(key, withoutValues(found.value), { expected: found.version, expiresAt });
      }
      await documents.purge(allOf(eventId));
    },
    read: async (eventId, number) => (await documents.get<UndoPlan>(keyOf(eventId, number)))?.value,
    store: (eventId, plan, expiresAt) => documents.put(keyOf(eventId, plan.number), plan, { expected: 0, expiresAt }),
  };
}
