import type * as v from 'valibot';
import type { Conversion } from '../mapping/known-fields.ts';
import type { ReservedProperties } from '../mapping/reserved-properties.ts';
import type { Crm, Fetch, LinkableCrm, Now } from '../ports.ts';
import type { Finding } from './finding.ts';
import type { RateBudget } from './rate-budget.ts';

/** What an adapter needs from outside. */
export interface AdapterParts {
  fetch: Fetch;
  now: Now;
  sleep: (ms: number) => Promise<void>;
}

/** A tenant's CRM, and the same as linking needs it: with one session, one rate limit. */
export interface OpenedCrm {
  crm: Crm;
  /** Left out for a CRM that is only told: its records cannot be read. */
  linking?: () => Promise<LinkableCrm>;
}

/** What `merge-sync doctor` wants to know. */
export interface Examination extends AdapterParts {
  tenant: string;
  /** Every property that the tenant's mapping writes, with the values it may write where the mapping lists them. */
  mapped: Map<string, string[]>;
  /** What the mapping makes of a field's value before it writes it; not there for custom fields, which follow their own type. */
  conversions: Map<string, Conversion>;
  /** The policy lets events create records. */
  creates: boolean;
  /** Create our own properties where they are missing. */
  fix: boolean;
}

/** A valibot schema of an object whose `kind` names the CRM. */
export type AdapterSettings = v.StrictObjectSchema<
  v.ObjectEntries & { kind: v.LiteralSchema<string, undefined> },
  undefined
>;

/** One kind of CRM, for the registry. What only its tenants need is loaded by `open` and `examine`, on demand. */
export interface CrmAdapter<Schema extends AdapterSettings = AdapterSettings> {
  /** A tenant's `crm` settings. */
  readonly settings: Schema;
  /**
   * Given where the adapter keeps to the vendor's rate limit, `Retry-After` included, with `budget`: how many of a
   * tenant's events a worker takes on at once. Left out: one after the other, and `fetch` keeps to `Retry-After`.
   */
  readonly eventsAtOnce?: number;
  /** What no field may be mapped to. */
  reserved(settings: v.InferOutput<Schema>): ReservedProperties;
  /** @throws ConfigError for settings that cannot work. */
  open(settings: v.InferOutput<Schema>, parts: AdapterParts & { budget: RateBudget }): Promise<OpenedCrm>;
  /** What is wrong is a finding, not an error. @throws ConfigError for settings that cannot work. */
  examine(settings: v.InferOutput<Schema>, examination: Examination): Promise<Finding[]>;
}

/** Nothing but its types: each adapter's own settings are known in its own functions. */
export const adapter = <Schema extends AdapterSettings>(one: CrmAdapter<Schema>): CrmAdapter<Schema> => one;
