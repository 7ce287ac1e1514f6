import type { Crm, LinkableCrm, LinkRecord } from '../../lib/ports.ts';
import type { MergeEffect } from './model-record-crm.ts';
import type { SeenRecord } from './oracle.ts';
import type { Actor } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { World } from './world.ts';

/** A simulated CRM: what the service sees of it, and what its own people see. */
export interface SimulatedCrm {
  name: string;
  /** Data of the tenant's field mapping; fields under their own names if left out. */
  mapping?: Record<string, string>;
  /** It has no use for a mapping: it is told everything. */
  hasNoMapping?: boolean;
  /** It wants more of a new record than our mapping has. */
  cannotCreate?: boolean;
  port(world: World, actor: Actor): Crm;
  seen(): SeenRecord[];
  seed(contactId: string, values: Record<string, string>): void;
  effects: MergeEffect[];
  calls: Map<string, number>;
  /** Found out at the end: promises that only this kind of CRM can see broken. */
  complaints(): string[];
  /** Contacts that came back from a merge, in order. */
  returned?: readonly string[];
  /** Left out: its records are not linked. */
  linkable?: SimulatedLinkable;
  /** A person in the CRM merges two records; false where that cannot be done. */
  mergeByHand?(random: SeededRandom): boolean;
}

/** A simulated CRM as linking sees it, with a `mobile` and an `email` on its records. */
export interface SimulatedLinkable {
  /** All records as the CRM's people see them. */
  records(): LinkRecord[];
  /** A record without an id. @returns its record id. */
  seed(values: Record<string, string>): string;
  /** Writes keys on a record, and takes its id off. */
  change(recordId: string, values: Record<string, string>, clearsId: boolean): void;
  /** By field. */
  valuesOf(recordId: string): Record<string, unknown>;
  /** @param onWrite called with contact and record just before an id is written. */
  port(world: World, actor: Actor, onWrite: (contactId: string, recordId: string) => void): LinkableCrm;
}

export type CrmMaker = (random: SeededRandom) => SimulatedCrm;
