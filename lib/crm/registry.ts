import * as v from 'valibot';
import { PolicySchema, readSettings } from '../config.ts';
import { createFieldMapping } from '../mapping/field-mapping.ts';
import type { TenantCrm } from '../merge/claim.ts';
import type { Crm, Documents, Fetch, Now } from '../ports.ts';
import { withCircuitBreaker } from './circuit-breaker.ts';
import type { Finding } from './finding.ts';
import { createCommandHttpCrm } from './http/command-http.ts';
import { examineHttp } from './http/doctor.ts';
import { examineHubspot } from './hubspot/doctor.ts';
import { createHubspotCrm } from './hubspot/hubspot.ts';
import { examineSalesforce } from './salesforce/doctor.ts';
import { createSalesforceFromSettings, SalesforceSettingsSchema } from './salesforce/settings.ts';
import { text, timeoutMs } from './setting-fields.ts';
import { createSharedRateBudget } from './shared-rate-budget.ts';
import { examineTryton } from './tryton/doctor.ts';
import { createTrytonFromSettings, TrytonSettingsSchema } from './tryton/tryton.ts';

const CrmSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('http'), endpoint: text, secret: text, timeoutMs }),
  v.strictObject({
    kind: v.literal('hubspot'),
    token: text,
    baseUrl: v.optional(text),
    idProperty: v.optional(text),
    absorbedIdsProperty: v.optional(text),
    timeoutMs,
  }),
  SalesforceSettingsSchema,
  TrytonSettingsSchema,
]);
export type CrmSettings = v.InferOutput<typeof CrmSchema>;

export const TenantCrmSchema = v.strictObject({
  crm: CrmSchema,
  policy: v.optional(PolicySchema, {}),
  /** 尘锋 field → CRM property; record-style CRMs only. */
  mapping: v.optional(v.record(v.string(), v.unknown()), {}),
});

/** What adapters need from outside. */
export interface CrmParts {
  fetch: Fetch;
  now: Now;
  sleep: (ms: number) => Promise<void>;
  /** Where workers share a rate limit. */
  ledger: Documents;
}

/**
 * A tenant's CRM settings (its `crm` parameter) → CRM, policy and mapping, ready for use.
 * @throws ConfigError naming the tenant, the key and what it needs.
 */
export function createTenantCrm(tenant: string, settings: unknown, parts: CrmParts): TenantCrm {
  const { crm, policy, mapping } = readSettings(TenantCrmSchema, `crm settings of tenant ${tenant}`, settings);
  const guarded = withCircuitBreaker(createCrm(tenant, crm, parts), parts.now);
  return { crm: guarded, policy, mapping: createFieldMapping(tenant, mapping) };
}

/** Add your own adapter here, and its settings above. */
function createCrm(tenant: string, crm: CrmSettings, parts: CrmParts): Crm {
  switch (crm.kind) {
    case 'http':
      return createCommandHttpCrm({ ...crm, ...parts });
    case 'hubspot':
      return createHubspotCrm({ ...given(crm), ...parts, budget: budgetOf(tenant, crm.kind, parts) });
    case 'salesforce':
      return createSalesforceFromSettings(crm, parts);
    case 'tryton':
      return createTrytonFromSettings(crm, parts);
  }
}

/**
 * What `merge-sync doctor` looks at in a tenant's CRM. @param fix create our own properties where they are missing.
 * @throws ConfigError for settings that cannot be read.
 */
export function examineTenantCrm(tenant: string, settings: unknown, parts: Omit<CrmParts, 'ledger'>, fix: boolean) {
  const { crm, mapping } = readSettings(TenantCrmSchema, `crm settings of tenant ${tenant}`, settings);
  const mapped = createFieldMapping(tenant, mapping).properties;
  return examine(crm, mapped, { ...parts, fix });
}

type Examination = Omit<CrmParts, 'ledger'> & { fix: boolean };

function examine(crm: CrmSettings, mapped: string[], parts: Examination): Promise<Finding[]> {
  switch (crm.kind) {
    case 'http':
      return examineHttp({ ...crm, ...parts });
    case 'hubspot':
      return examineHubspot({ ...given(crm), ...parts, mapped });
    case 'salesforce':
      return examineSalesforce({ settings: crm, mapped, ...parts });
    case 'tryton':
      return examineTryton({ ...crm, ...parts });
  }
}

const budgetOf = (tenant: string, crm: string, { ledger, now }: CrmParts) =>
  createSharedRateBudget({ documents: ledger, tenant, crm, now });

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Options that were left out are left out, not undefined. */
function given<T extends object>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
}
