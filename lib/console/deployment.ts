import type { Ledger } from '../ledger/ledger.ts';
import type { TenantCrm } from '../merge/tenant-crm.ts';
import type { Documents, LinkableCrm, NewId, Now, Queue } from '../ports.ts';
import type { Language } from '../sentence.ts';

/** Which deployment a console shows, and as whom. */
export interface Deployment {
  /** As in serverless.yml, or the address of the embedded stack. */
  name: string;
  /** AWS account and region; left out with the embedded stack, which has neither. */
  account?: string;
  region?: string;
  /** Its tenants, the one shown first in front. */
  tenants: string[];
  ledger(tenant: string): Ledger;
  /** Where the workers share a CRM's rate limit. */
  rates: Documents;
  queue: Queue;
  /** A tenant's CRM, to link its records; undefined for one whose records cannot be read. */
  linkable?(tenant: string): Promise<LinkingCrm | undefined>;
  /** A tenant's CRM as its workers have it, to plan how a merge is taken back. */
  tenantCrm?(tenant: string): Promise<TenantCrm>;
}

export interface LinkingCrm {
  crm: LinkableCrm;
  /** Where numbers without a country code are at home: ISO 3166. */
  country: string;
}

export interface ConsoleOptions {
  deployment: Deployment;
  /** Kept with what is done here. */
  operator: string;
  /** False: nothing can be changed from the pages. */
  allowActions: boolean;
  /** Until another one is chosen on a page. */
  language: Language;
  /** Address of a CRM record, with `{record}` or `{contact}` where its id belongs. */
  recordUrl?: string;
  now: Now;
  newId: NewId;
  /** Of at least 128 bits. */
  newToken(): string;
  /** What a failed request to AWS means and what to do about it, in one line. */
  explain(error: unknown, language: Language): string;
}
