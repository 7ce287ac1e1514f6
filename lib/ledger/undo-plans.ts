import type { Json } from '../json.ts';
import type { MergedAway, PropertyValue, UnmergeCommand } from '../ports.ts';
import type { TenantDocuments } from './tenant-documents.ts';

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
  /** The contacts that the merge absorbed. */
  losers: string[];
  steps: UndoStep[];
}

/** The undo plans of a tenant's events: an undo that was refused may be asked for again, with the next number. */
export interface UndoPlans {
  read(eventId: string, number: number): Promise<UndoPlan | undefined>;
  /**
   * @param expiresAt milliseconds since 1970.
   * @returns false, and nothing changed, where there is a plan of this number.
   */
  store(eventId: string, plan: UndoPlan, expiresAt: number): Promise<boolean>;
}

export function createUndoPlans(documents: TenantDocuments): UndoPlans {
  const keyOf = (eventId: string, number: number) => ({
    kind: 'undo',
    id: eventId,
    sort: String(number).padStart(4, '0'),
  });
  return {
    read: async (eventId, number) => (await documents.get<UndoPlan>(keyOf(eventId, number)))?.value,
    store: (eventId, plan, expiresAt) => documents.put(keyOf(eventId, plan.number), plan, { expected: 0, expiresAt }),
  };
}
