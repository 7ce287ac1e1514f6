import type { Field } from '../event.ts';
import type { CrmRecord, MergeCommand, RecordWrite } from '../ports.ts';
import type { FieldClocks } from './contacts.ts';
import type { TenantDocuments } from './tenant-documents.ts';

/** Who an event's contacts are now, and what it makes of them. */
export interface Identities {
  /** The survivor's present self: the contact that all others are merged into. */
  survivor: string;
  /** Contacts that are still there and will be merged into it, in the event's order. */
  absorbed: string[];
  /** The survivor the event names was merged away itself: its `changed` is about a contact that no longer exists. */
  survivorIsGone: boolean;
  /** Its id, then. */
  namedSurvivor?: string;
}

/** Why a field of the event is or is not written. Stored with the plan: keys and reasons, no values. */
export interface FieldDecision {
  key: string;
  decision: 'write' | 'older' | 'survivor-gone' | 'omitted' | 'switched-off';
}

/** One call at the CRM. Frozen with the plan: a retry never says something else. */
export type Step =
  | { kind: 'command'; key: string; command: MergeCommand }
  /** `contacts` are the losers whose records these are. */
  | { kind: 'merge'; losers: string[]; contacts: string[]; write?: RecordWrite; ifEmpty?: string[] }
  /** `ifEmpty`: properties that are left alone where the record turns out to have a value by then. */
  | { kind: 'update'; write: RecordWrite; ifEmpty?: string[] }
  | { kind: 'create'; write: RecordWrite; ifEmpty: string[] };

/** What an event comes to, stored before the first call: who is who, what will be merged and written, and why. */
export interface Plan {
  number: number;
  /** The kind of CRM that it was made for; left out by earlier versions. */
  crm?: string;
  madeAt: number;
  /** The event's own time, milliseconds: what its fields' clocks will say. */
  triggeredAt: number;
  identities: Identities;
  /** For every field of the event: written, or why not. */
  decisions: FieldDecision[];
  /** Fields that the mapping could not convert, without their values. */
  problems: { key: string; problem: string }[];
  steps: Step[];
  /** Fields whose clock this event sets. */
  chosen: Pick<Field, 'key' | 'cleared'>[];
  /** Fields of earlier events that are written (again) along with it. */
  restated: string[];
  /** The clocks that those fields had before, where they had one: an undo gives them back. */
  clocksBefore?: FieldClocks;
  /** The survivor's record before the first step, if there is one. */
  survivorRecord?: string;
  /** The loser whose record that is, where the survivor had none. */
  heir?: string;
  /** Both sides' records as they were before the merge; empty for command-style CRMs, which keep their own. */
  before: CrmRecord[];
  /** Of an event with more losers than one plan takes: losers handled once this plan is done, and in all. */
  part?: { done: number; of: number };
  /** Contacts of it, and those that earlier plans of it missed, that have no record and get none. */
  missing: string[];
  /** Nothing of it is known in the CRM, and nothing is to be created. */
  unknownInCrm: boolean;
  /** The values were erased by an operator: records, commands and writes are there without any. */
  erased?: true;
}

/** The plans of a tenant's events: a replay makes a new one, with the next number. */
export interface Plans {
  read(eventId: string, number: number): Promise<Plan | undefined>;
  /**
   * Overwrites a plan of the same number that a worker left before it acted on it.
   * @param expiresAt milliseconds since 1970.
   */
  store(eventId: string, plan: Plan, expiresAt: number): Promise<void>;
  /** Every plan of an event that is still kept, the first one first. */
  all(eventId: string): Promise<Plan[]>;
  /** Takes the values off every plan of an event. Safe to repeat. @param expiresAt of what is left. */
  erase(eventId: string, expiresAt: number): Promise<void>;
}

/** The plan without what it says of persons: who went into whom, which fields and why, and record ids stay. Pure. */
const withoutValues = (plan: Plan): Plan => ({
  ...plan,
  before: plan.before.map(({ recordId, contactId }) => ({ recordId, contactId, values: {} })),
  steps: plan.steps.map(stepWithoutValues),
  erased: true,
});

function stepWithoutValues(step: Step): Step {
  if (step.kind === 'command')
    return { ...step, command: { ...step.command, changed: {}, old: {}, mergedContacts: [] } };
  return step.write ? { ...step, write: { ...step.write, values: {} } } : step;
}

export function createPlans(documents: TenantDocuments): Plans {
  const keyOf = (eventId: string, number: number) => ({
    kind: 'plan',
    id: eventId,
    sort: String(number).padStart(4, '0'),
  });
  const allOf = (eventId: string) => ({ id: eventId, kind: 'plan' });
  const plans: Plans = {
    read: async (eventId, number) => (await documents.get<Plan>(keyOf(eventId, number)))?.value,
    all: async (eventId) => (await documents.all<Plan>(allOf(eventId))).map(({ value }) => value),
    async store(eventId, plan, expiresAt) {
      const key = keyOf(eventId, plan.number);
      for (let expected = 0; !(await documents.put(key, plan, { expected, expiresAt })); )
        expected = (await documents.get<Plan>(key))?.version ?? 0;
    },
    async erase(eventId, expiresAt) {
      for (const plan of await plans.all(eventId))
        if (!plan.erased) await plans.store(eventId, withoutValues(plan), expiresAt);
      await documents.purge(allOf(eventId));
    },
  };
  return plans;
}
