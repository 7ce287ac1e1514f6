import type { Crm } from '../ports.ts';
import type { FieldMapping, MergePolicy } from './policy.ts';

/** One tenant's CRM and what it wants done. */
export interface TenantCrm {
  crm: Crm;
  policy: MergePolicy;
  mapping: FieldMapping;
}
