import * as v from 'valibot';
import { PolicySchema, readSettings } from '../config.ts';
import { createContactLinks } from '../linking/contact-links.ts';
import { type Entry, readEntries } from '../mapping/entries.ts';
import { createFieldMapping } from '../mapping/field-mapping.ts';
import { NOTHING_RESERVED, type ReservedProperties } from '../mapping/reserved-properties.ts';
import type { TenantCrm } from '../merge/tenant-crm.ts';
import type { Crm, Documents, Fetch, LinkableCrm, Now } from '../ports.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import type { Finding } from './finding.ts';
import { given } from './given.ts';
import { HttpSettingsSchema } from './http/settings.ts';
import { HUBSPOT_OWN_PROPERTIES } from './hubspot/reserved-properties.ts';
import { HUBSPOT_ABSORBED_IDS_PROPERTY, HUBSPOT_ID_PROPERTY, HubspotSettingsSchema } from './hubspot/settings.ts';
import type { RateBudget } from './rate-budget.ts';
import { createLocalRateBudget } from './rate-budget.ts';
import { withRetryAfter } from './retry-after.ts';
import { createRoom } from './room.ts';
import { SALESFORCE_OWN_FIELDS } from './salesforce/reserved-fields.ts';
import { DEFAULT_ID_FIELD, SalesforceSettingsSchema } from './salesforce/settings.ts';
import { createSharedRateBudget } from './shared-rate-budget.ts';
import { TRYTON_OWN_FIELDS } from './tryton/reserved-fields.ts';
import { TrytonSettingsSchema } from './tryton/settings.ts';

const CrmSchema = v.variant('kind', [
  HttpSettingsSchema,
  HubspotSettingsSchema,
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
export async function createTenantCrm(tenant: string, settings: unknown, parts: CrmParts): Promise<TenantCrm> {
  const { crm, policy, mapping } = readSettings(TenantCrmSchema, `crm settings of tenant ${tenant}`, settings);
  const fieldMapping = createFieldMapping(tenant, mapping, reservedOf(crm));
  const shared = createSharedRateBudget({ documents: parts.ledger, tenant, crm: crm.kind, now: parts.now });
  // HubSpot's limit counts calls, and our pace keeps to it whatever comes at once. What others bear is not known to us.
  const paced = crm.kind === 'hubspot' ? createRoom(shared, parts.now, HUBSPOT_EVENTS_AT_ONCE) : { budget: shared };
  const guard = createCircuitBreaker(parts.now);
  const opened = await openCrm(crm, parts, paced.budget);
  const { link } = policy;
  const { linking } = opened;
  const links = link && linking && createContactLinks(async () => guard(await linking()), link);
  return {
    crm: guard(opened.crm),
    policy,
    mapping: fieldMapping,
    ...('room' in paced && { room: paced.room }),
    ...(links && { links }),
  };
}

const HUBSPOT_EVENTS_AT_ONCE = 10; // What two workers need to fill the limit: a call takes some 0.2 s.

/** A tenant's CRM, and the same as linking needs it: with one session, one rate limit. */
interface OpenedCrm {
  crm: Crm;
  /** Left out for a CRM that is only told: its records cannot be read. */
  linking?: () => Promise<LinkableCrm>;
}

/** Add your own adapter here, and its settings above. Only the adapters that tenants use are loaded. */
async function openCrm(crm: CrmSettings, parts: Omit<CrmParts, 'ledger'>, budget: RateBudget): Promise<OpenedCrm> {
  const fetch = withRetryAfter(parts.fetch, { vendor: crm.kind, budget, now: parts.now });
  switch (crm.kind) {
    case 'http':
      return { crm: (await import('./http/command-http.ts')).createCommandHttpCrm({ ...crm, ...parts, fetch }) };
    case 'hubspot':
      // It keeps to `Retry-After` with the same budget.
      return (await import('./hubspot/from-settings.ts')).openHubspot({ ...given(crm), ...parts, budget });
    case 'salesforce':
      return (await import('./salesforce/from-settings.ts')).openSalesforce(crm, { ...parts, fetch });
    case 'tryton':
      return (await import('./tryton/from-settings.ts')).openTryton({ ...crm, ...parts, fetch });
  }
}

/**
 * A tenant's CRM as linking needs it, within the workers' rate limit where there is a ledger. @returns undefined for a CRM that is
 * only told: its records cannot be read. @throws ConfigError naming the tenant, the key and what it needs.
 */
export async function createLinkableCrm(
  tenant: string,
  settings: unknown,
  { ledger, ...parts }: Omit<CrmParts, 'ledger'> & { ledger: Documents | undefined },
): Promise<LinkableCrm | undefined> {
  const { crm } = readSettings(TenantCrmSchema, `crm settings of tenant ${tenant}`, settings);
  const shared = { tenant, crm: crm.kind, now: parts.now };
  const budget = ledger ? createSharedRateBudget({ documents: ledger, ...shared }) : createLocalRateBudget(parts.now);
  const { linking } = await openCrm(crm, parts, budget);
  return linking && createCircuitBreaker(parts.now)(await linking());
}

/** What no field may be mapped to at this CRM: nothing for one that is only told. */
function reservedOf(crm: CrmSettings): ReservedProperties {
  switch (crm.kind) {
    case 'http':
      return NOTHING_RESERVED;
    case 'hubspot': {
      const { idProperty = HUBSPOT_ID_PROPERTY, absorbedIdsProperty = HUBSPOT_ABSORBED_IDS_PROPERTY } = crm;
      return { ids: [idProperty, absorbedIdsProperty], ofTheCrm: HUBSPOT_OWN_PROPERTIES };
    }
    case 'salesforce': {
      const { idField = DEFAULT_ID_FIELD, absorbedIdsField } = crm;
      return { ids: [idField, ...(absorbedIdsField ? [absorbedIdsField] : [])], ofTheCrm: SALESFORCE_OWN_FIELDS };
    }
    case 'tryton':
      return { ids: ['identifiers'], ofTheCrm: TRYTON_OWN_FIELDS };
  }
}

/**
 * What `merge-sync doctor` looks at in a tenant's CRM. @param fix create our own properties where they are missing.
 * @throws ConfigError for settings that cannot be read.
 */
export async function examineTenantCrm(
  tenant: string,
  settings: unknown,
  parts: Omit<CrmParts, 'ledger'>,
  fix: boolean,
): Promise<Finding[]> {
  const where = `crm settings of tenant ${tenant}`;
  const { crm, policy, mapping } = readSettings(TenantCrmSchema, where, settings);
  const entries = readEntries(`tenant ${tenant}`, mapping, reservedOf(crm));
  const mapped = new Map(entries.flatMap((entry) => entry.to.map((property) => [property, valuesOf(entry)] as const)));
  return examine(crm, { ...parts, tenant, fix, mapped, creates: policy.whenMissing === 'create' });
}

/** The values that a mapping lists for its properties; they are settings, not data. */
const valuesOf = ({ options = {} }: Entry): string[] =>
  Object.values(options).flatMap((value) => (value === null ? [] : [String(value)]));

interface Examination extends Omit<CrmParts, 'ledger'> {
  tenant: string;
  mapped: Map<string, string[]>;
  creates: boolean;
  fix: boolean;
}

async function examine(crm: CrmSettings, { mapped, ...parts }: Examination): Promise<Finding[]> {
  switch (crm.kind) {
    case 'http':
      return (await import('./http/doctor.ts')).examineHttp({ ...crm, ...parts });
    case 'hubspot':
      return (await import('./hubspot/doctor.ts')).examineHubspot({ ...given(crm), ...parts, mapped });
    case 'salesforce':
      return (await import('./salesforce/doctor.ts')).examineSalesforce({
        settings: crm,
        mapped: [...mapped.keys()],
        ...parts,
      });
    case 'tryton':
      return (await import('./tryton/doctor.ts')).examineTryton({ ...crm, ...parts, mapped: [...mapped.keys()] });
  }
}
