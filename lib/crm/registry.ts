import * as v from 'valibot';
import { PolicySchema, readSettings } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { createContactLinks } from '../linking/contact-links.ts';
import { type Entry, readEntries } from '../mapping/entries.ts';
import { createFieldMapping } from '../mapping/field-mapping.ts';
import type { TenantCrm } from '../merge/tenant-crm.ts';
import type { Documents, LinkableCrm } from '../ports.ts';
import type { AdapterParts, CrmAdapter, OpenedCrm } from './adapter.ts';
import { type SettingsAge, withChangedSettings } from './changed-settings.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { dynamicsAdapter } from './dynamics/adapter.ts';
import type { Finding } from './finding.ts';
import { httpAdapter } from './http/adapter.ts';
import { hubspotAdapter } from './hubspot/adapter.ts';
import { pipedriveAdapter } from './pipedrive/adapter.ts';
import type { RateBudget } from './rate-budget.ts';
import { createLocalRateBudget } from './rate-budget.ts';
import { withRetryAfter } from './retry-after.ts';
import { createRoom } from './room.ts';
import { salesforceAdapter } from './salesforce/adapter.ts';
import { createSharedRateBudget } from './shared-rate-budget.ts';
import { trytonAdapter } from './tryton/adapter.ts';

const OWN_ADAPTERS: readonly CrmAdapter[] = [
  httpAdapter,
  hubspotAdapter,
  salesforceAdapter,
  dynamicsAdapter,
  pipedriveAdapter,
  trytonAdapter,
];

const settingsOf = (adapters: readonly CrmAdapter[]) =>
  v.strictObject({
    crm: v.variant(
      'kind',
      adapters.map(({ settings }) => settings),
    ),
    policy: v.optional(PolicySchema, {}),
    /** 尘锋 field → CRM property; record-style CRMs only. */
    mapping: v.optional(v.record(v.string(), v.unknown()), {}),
  });

/** A tenant's `crm` parameter, for the kinds of CRM that this service brings along. */
export const TenantCrmSchema = settingsOf(OWN_ADAPTERS);

/** What a tenant's CRM is made with. */
export interface RegistryParts extends AdapterParts {
  /** Kinds of CRM besides those that this service brings along. */
  adapters?: readonly CrmAdapter[];
}

export interface CrmParts extends RegistryParts {
  /** Where workers share a rate limit. */
  ledger: Documents;
}

/** A tenant's `crm` parameter, with the adapter that it names. */
export interface TenantCrmSettings extends Omit<v.InferOutput<typeof TenantCrmSchema>, 'crm'> {
  crm: { kind: string };
  adapter: CrmAdapter;
}

/** @param adapters kinds of CRM besides our own. @throws ConfigError naming the tenant, the key and what it needs. */
export function readTenantCrm(
  tenant: string,
  settings: unknown,
  adapters: readonly CrmAdapter[] = [],
): TenantCrmSettings {
  const all = [...OWN_ADAPTERS, ...adapters];
  const twice = all.map(kindOf).find((kind, index, kinds) => kinds.indexOf(kind) !== index);
  if (twice !== undefined) throw new ConfigError(`two adapters are for CRMs of the kind ${twice}: rename one`);
  const read = readSettings(settingsOf(all), `crm settings of tenant ${tenant}`, settings);
  const crm = read.crm as TenantCrmSettings['crm'];
  return { ...read, crm, adapter: all.find((one) => kindOf(one) === crm.kind) as CrmAdapter };
}

/** What `kind` in a tenant's settings names it. */
export const kindOf = ({ settings }: CrmAdapter): string => settings.entries.kind.literal;

/**
 * A tenant's CRM settings (its `crm` parameter) → CRM, policy and mapping, ready for use.
 * @throws ConfigError naming the tenant, the key and what it needs.
 */
export async function createTenantCrm(
  tenant: string,
  settings: unknown,
  parts: CrmParts,
  age?: SettingsAge,
): Promise<TenantCrm> {
  const { adapter, crm, policy, mapping } = readTenantCrm(tenant, settings, parts.adapters);
  const fieldMapping = createFieldMapping(tenant, mapping, adapter.reserved(crm));
  const shared = createSharedRateBudget({ documents: parts.ledger, tenant, crm: crm.kind, now: parts.now });
  const { eventsAtOnce } = adapter;
  const paced = eventsAtOnce === undefined ? { budget: shared } : createRoom(shared, parts.now, eventsAtOnce);
  const breaker = createCircuitBreaker(parts.now);
  const guard = <T extends { name: string }>(port: T): T => withChangedSettings(breaker(port), age);
  const opened = await openCrm({ adapter, crm }, parts, paced.budget);
  const { link } = policy;
  const { linking } = opened;
  const links = link && linking && createContactLinks(async () => guard(await linking()), link);
  return {
    crm: guard(opened.crm),
    policy,
    mapping: fieldMapping,
    ...(age && { settingsSince: age.since }),
    ...('room' in paced && { room: paced.room }),
    ...(links && { links }),
  };
}

function openCrm(
  { adapter, crm }: Pick<TenantCrmSettings, 'adapter' | 'crm'>,
  parts: AdapterParts,
  budget: RateBudget,
): Promise<OpenedCrm> {
  const { fetch, now, sleep } = parts;
  const patient = withRetryAfter(fetch, { vendor: crm.kind, budget, now });
  return adapter.open(crm, { fetch: adapter.eventsAtOnce === undefined ? patient : fetch, now, sleep, budget });
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
  const { adapter, crm } = readTenantCrm(tenant, settings, parts.adapters);
  const shared = { tenant, crm: crm.kind, now: parts.now };
  const budget = ledger ? createSharedRateBudget({ documents: ledger, ...shared }) : createLocalRateBudget(parts.now);
  const { linking } = await openCrm({ adapter, crm }, parts, budget);
  return linking && createCircuitBreaker(parts.now)(await linking());
}

/**
 * What `merge-sync doctor` looks at in a tenant's CRM. @param fix create our own properties where they are missing.
 * @throws ConfigError for settings that cannot be read.
 */
export async function examineTenantCrm(
  tenant: string,
  settings: unknown,
  { adapters, ...parts }: RegistryParts,
  fix: boolean,
): Promise<Finding[]> {
  const { adapter, crm, policy, mapping } = readTenantCrm(tenant, settings, adapters);
  const entries = readEntries(`tenant ${tenant}`, mapping, adapter.reserved(crm));
  const mapped = new Map(entries.flatMap((entry) => entry.to.map((property) => [property, valuesOf(entry)] as const)));
  const conversions = new Map(
    entries.flatMap(({ to, as }) => (as === undefined ? [] : to.map((property) => [property, as] as const))),
  );
  const creates = policy.whenMissing === 'create';
  return adapter.examine(crm, { ...parts, tenant, fix, mapped, conversions, creates });
}

/** The values that a mapping lists for its properties; they are settings, not data. */
const valuesOf = ({ options = {} }: Entry): string[] =>
  Object.values(options).flatMap((value) => (value === null ? [] : [String(value)]));
