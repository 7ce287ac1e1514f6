import { type Env, readJson } from '../config.ts';
import type { CrmAdapter } from '../crm/adapter.ts';
import { type CrmParts, createLinkableCrm, createTenantCrm, kindOf } from '../crm/registry.ts';
import type { TenantCrm } from '../merge/tenant-crm.ts';
import { LocalProblem } from './local-problem.ts';
import { readAll } from './read-all.ts';

/** The one tenant of the embedded stack. */
export const TENANT = 'local';

/** The tenant's `crm` parameter as the environment gives it. */
export interface CrmSettings {
  /** Undefined: the demo CRM, whose address is known once it runs. */
  crm: CrmOptions | undefined;
  policy: unknown;
  mapping: unknown;
}

export type CrmOptions = { kind: string; [option: string]: unknown };

type Read = (name: string) => string | undefined;

/** http:// to another machine, a container's host for example. */
const allowsInsecure = (read: Read) => (read('CRM_ALLOW_INSECURE') === '1' ? true : undefined);

/** For each CRM: what must be there, and the settings it makes. */
const CRMS: Record<string, { needs: string[]; options(read: Read): Record<string, unknown> }> = {
  http: {
    needs: ['CRM_HTTP_ENDPOINT', 'CRM_HTTP_SECRET'],
    options: (read) => ({
      endpoint: read('CRM_HTTP_ENDPOINT'),
      secret: read('CRM_HTTP_SECRET'),
      allowInsecure: allowsInsecure(read),
    }),
  },
  hubspot: {
    needs: ['HUBSPOT_TOKEN'],
    options: (read) => ({
      token: read('HUBSPOT_TOKEN'),
      baseUrl: read('HUBSPOT_BASE_URL'),
      idProperty: read('HUBSPOT_ID_PROPERTY'),
      allowInsecure: allowsInsecure(read),
    }),
  },
  salesforce: {
    needs: ['SALESFORCE_INSTANCE_URL', 'SALESFORCE_TOKEN'],
    options: (read) => ({
      instanceUrl: read('SALESFORCE_INSTANCE_URL'),
      credentials: { token: read('SALESFORCE_TOKEN') },
      idField: read('SALESFORCE_ID_FIELD'),
    }),
  },
  dynamics: {
    needs: ['DYNAMICS_ENVIRONMENT_URL', 'DYNAMICS_TENANT_ID', 'DYNAMICS_CLIENT_ID', 'DYNAMICS_CLIENT_SECRET'],
    options: (read) => ({
      environmentUrl: read('DYNAMICS_ENVIRONMENT_URL'),
      tenantId: read('DYNAMICS_TENANT_ID'),
      clientId: read('DYNAMICS_CLIENT_ID'),
      clientSecret: read('DYNAMICS_CLIENT_SECRET'),
      loginUrl: read('DYNAMICS_LOGIN_URL'),
      idColumn: read('DYNAMICS_ID_COLUMN'),
      allowInsecure: allowsInsecure(read),
    }),
  },
  pipedrive: {
    needs: ['PIPEDRIVE_BASE_URL', 'PIPEDRIVE_TOKEN', 'PIPEDRIVE_ID_FIELD', 'PIPEDRIVE_MERGED_FIELD'],
    options: (read) => ({
      baseUrl: read('PIPEDRIVE_BASE_URL'),
      apiToken: read('PIPEDRIVE_TOKEN'),
      idField: read('PIPEDRIVE_ID_FIELD'),
      mergedField: read('PIPEDRIVE_MERGED_FIELD'),
      allowInsecure: allowsInsecure(read),
    }),
  },
};

/** @param adapters kinds of CRM besides our own. @throws ConfigError for a choice that cannot work, before anything is started. */
export async function readCrmSettings(env: Env, adapters: readonly CrmAdapter[] = []): Promise<CrmSettings> {
  const settings = await readAll({
    crm: () => readChoice(env, adapters),
    policy: () => readJson('POLICY', env.POLICY || '{}'),
    mapping: () => readJson('MAPPING', env.MAPPING || '{}'),
  });
  const parts = { fetch, now: () => 0, sleep: async () => undefined, ledger: NOWHERE, adapters };
  await createLocalCrm(settings, ANYWHERE, parts);
  return settings;
}

const ANYWHERE: CrmOptions = { kind: 'http', endpoint: 'http://127.0.0.1', secret: `whsec_${'A'.repeat(32)}` };
const NOWHERE = {} as CrmParts['ledger']; // Nothing is looked up while settings are checked.

function readChoice(env: Env, adapters: readonly CrmAdapter[]): CrmOptions | undefined {
  const kinds = adapters.map(kindOf);
  const kind = env.CRM || kinds[0] || 'demo';
  if (kind === 'demo') return undefined;
  if (kinds.includes(kind)) return { ...(readJson('CRM_SETTINGS', env.CRM_SETTINGS || '{}') as object), kind };
  const known = Object.hasOwn(CRMS, kind) ? CRMS[kind] : undefined;
  if (!known) throw oneOf(['demo', ...Object.keys(CRMS), ...kinds].join(', '));
  const missing = known.needs.filter((name) => !env[name]);
  if (missing.length > 0) throw needs(kind, missing);
  const options = Object.entries(known.options((name) => env[name] || undefined));
  return { kind, ...Object.fromEntries(options.filter(([, value]) => value !== undefined)) };
}

const oneOf = (kinds: string) =>
  new LocalProblem({ en: `CRM must be one of ${kinds}`, zh: `CRM 只能是以下之一：${kinds}` });

const needs = (kind: string, names: string[]) =>
  new LocalProblem({
    en: `CRM=${kind} needs ${names.join(' and ')}`,
    zh: `CRM=${kind} 还需要设置 ${names.join('、')}`,
  });

/** What the `crm` parameter makes in production. @param demo the demo CRM's settings. @throws ConfigError */
export function createLocalCrm({ crm, ...rest }: CrmSettings, demo: CrmOptions, parts: CrmParts): Promise<TenantCrm> {
  return createTenantCrm(TENANT, { ...rest, crm: crm ?? demo }, parts);
}

/** The same CRM as linking needs it; undefined for one that is only told. */
export function createLocalLinkable({ crm, ...rest }: CrmSettings, demo: CrmOptions, parts: CrmParts) {
  return createLinkableCrm(TENANT, { ...rest, crm: crm ?? demo }, parts);
}
