import * as v from 'valibot';
import { PolicySchema, readSettings } from '../config.ts';
import { createFieldMapping } from '../mapping/field-mapping.ts';
import type { TenantCrm } from '../merge/work.ts';
import type { Crm, Fetch, Now } from '../ports.ts';
import { createCommandHttpCrm } from './command-http.ts';

const text = v.pipe(v.string(), v.minLength(1));
const timeoutMs = v.optional(v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(25_000)), 10_000);

const CrmSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('http'), endpoint: text, secret: text, timeoutMs }),
]);

const TenantCrmSchema = v.strictObject({
  crm: CrmSchema,
  policy: v.optional(PolicySchema, {}),
  /** 尘锋 field → CRM property; record-style CRMs only. */
  mapping: v.optional(v.record(v.string(), v.unknown()), {}),
});

export interface CrmParts {
  fetch: Fetch;
  now: Now;
}

/**
 * A tenant's CRM settings (the `crm` parameter) → its CRM, policy and mapping, ready for use.
 * @throws ConfigError naming the tenant, the key and what it needs.
 */
export function createTenantCrm(tenant: string, settings: unknown, parts: CrmParts): TenantCrm {
  const { crm, policy, mapping } = readSettings(TenantCrmSchema, `crm settings of tenant ${tenant}`, settings);
  return { crm: createCrm(crm, parts), policy, mapping: createFieldMapping(tenant, mapping) };
}

function createCrm(crm: v.InferOutput<typeof CrmSchema>, parts: CrmParts): Crm {
  return createCommandHttpCrm({ ...crm, ...parts });
}
