import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJson } from '../../config.ts';
import { createLinkableCrm, type RegistryParts } from '../../crm/registry.ts';
import { isJsonObject, type JsonObject } from '../../json.ts';
import type { Patience } from '../../linking/patience.ts';
import { readCrmSettings, TENANT } from '../../local/crm-settings.ts';
import type { LinkableCrm } from '../../ports.ts';
import { UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { readInput } from '../read-input.ts';
import { readParameter } from '../read-parameter.ts';
import { openService, type Service, type ServiceOptions } from '../service-options.ts';

export interface TenantOptions extends ServiceOptions {
  crm?: string;
}

/** How a person's command waits for a CRM. */
export const patienceOf = ({ now }: Pick<Io, 'now'>): Patience => ({ now, sleep });

/** What a tenant's CRM is made with. */
export const partsOf = ({ fetch, now, adapters = [] }: Io): RegistryParts => ({ fetch, now, sleep, adapters });

/** A tenant's CRM, and the deployment's ledger where there is one. */
export interface LinkTenant {
  tenant: string;
  kind: string;
  /** A hash of what the CRM's settings say of its address and id property: a plan is for one CRM. */
  address: string;
  /** Undefined for a CRM that is only told: its records cannot be read. */
  crm: LinkableCrm | undefined;
  service: Service | undefined;
  /** Its `crm` parameter as it was read. */
  settings: unknown;
}

/**
 * From a file of CRM settings, the deployment's parameter, or with `--local` the variables that `npm start` reads.
 * @throws UsageError, ConfigError, Refused
 */
export async function openTenant(options: TenantOptions, io: Io): Promise<LinkTenant> {
  const tenant = options.tenant ?? (options.local ? TENANT : 'main');
  const settings = await settingsOf(tenant, options, io);
  const deployed = Boolean(options.local || options.prefix || io.env.MERGE_SYNC_PREFIX);
  const service = deployed ? await openService(options, io) : undefined;
  const parts = { ...partsOf(io), ledger: service?.rates };
  const crm = await createLinkableCrm(tenant, settings, parts);
  return { tenant, ...identify(settings), crm, service, settings };
}

/** A tenant's `crm` parameter, or what stands for it. @throws UsageError, Refused, ConfigError */
export async function settingsOf(tenant: string, options: TenantOptions, io: Io): Promise<unknown> {
  if (options.crm !== undefined) return readJson(options.crm, await readInput(options.crm, io));
  if (options.local) return localSettings(io);
  const prefix = options.prefix || io.env.MERGE_SYNC_PREFIX;
  if (!prefix)
    throw new UsageError('say whose CRM: --prefix merge-sync-prod, a file of its settings with --crm, or --local');
  const name = `/${prefix}/${tenant}/crm`;
  const text = await readParameter(name);
  if (text === undefined) throw new UsageError(`there is no parameter ${name}: give the settings with --crm FILE`);
  return readJson(name, text);
}

/** Whether the variables of `npm start` name a CRM of one's own. */
export const namesCrm = async ({ env, adapters }: Pick<Io, 'env' | 'adapters'>): Promise<boolean> =>
  (await readCrmSettings(env, adapters)).crm !== undefined;

/** The variables of `npm start`; the demo CRM is one that is only told. */
export async function localSettings({ env, adapters }: Pick<Io, 'env' | 'adapters'>): Promise<unknown> {
  const { crm, ...rest } = await readCrmSettings(env, adapters);
  return { ...rest, crm: crm ?? { kind: 'http', endpoint: 'http://127.0.0.1', secret: `whsec_${'A'.repeat(32)}` } };
}

const ADDRESS = ['kind', 'baseUrl', 'instanceUrl', 'database', 'idProperty', 'idField', 'identifierPrefix'];

function identify(settings: unknown): { kind: string; address: string } {
  const crm: JsonObject = isJsonObject(settings) && isJsonObject(settings.crm) ? settings.crm : {};
  const parts = JSON.stringify(ADDRESS.map((name) => crm[name] ?? null));
  return { kind: String(crm.kind), address: createHash('sha256').update(parts).digest('hex').slice(0, 16) };
}
