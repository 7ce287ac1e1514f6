import { ConfigError, StoreError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Now } from '../ports.ts';
import { isTenantName, listParameters, readListText } from '../tenant-list.ts';
import { PATIENCE } from './ssm-settings.ts';

/**
 * Reads up to ten parameters in one request. @param withinMs milliseconds it may take.
 * @returns text by name, of those that there are. @throws StoreError, ConfigError
 */
export type ReadParameters = (names: string[], withinMs: number) => Promise<Map<string, string>>;

export interface KnownTenantsOptions {
  read: ReadParameters;
  /** With its slash: `/merge-sync-prod`. */
  prefix: string;
  /** The tenants that the deployment names. */
  deployed: string[];
  now: Now;
  log: Log;
}

export interface KnownTenants {
  /** Whether there is such a tenant. @throws StoreError, ConfigError while that cannot be known. */
  has(tenant: string): Promise<boolean>;
  /** The tenants of the list, without those of the deployment alone. @throws StoreError, ConfigError */
  listed(): Promise<string[]>;
}

interface Kept {
  names: Set<string> | Error;
  readAt: number;
  freshUntil: number;
}

const MAX_AGE_MS = 300_000;

/**
 * Which tenants there are: those of the deployment, and those of the list in the parameter store. The list is one request,
 * at most every five minutes and never for a tenant of the deployment: a stranger's name costs none of its own. While the
 * store cannot be reached, the list in hand serves for fifteen minutes past its age.
 */
export function createKnownTenants(options: KnownTenantsOptions): KnownTenants {
  let kept: Kept | undefined;
  async function list(): Promise<Set<string>> {
    if (!kept || options.now() >= kept.freshUntil) kept = await refresh(options, kept);
    if (kept.names instanceof Error) throw kept.names;
    return kept.names;
  }
  return {
    has: async (tenant) => options.deployed.includes(tenant) || (isTenantName(tenant) && (await list()).has(tenant)),
    listed: async () => [...(await list())].filter((name) => !options.deployed.includes(name)),
  };
}

/** A failure is kept, too: while SSM does not answer, strangers must not make it busier. */
async function refresh(options: KnownTenantsOptions, kept: Kept | undefined): Promise<Kept> {
  const { log, now } = options;
  const at = now();
  const isUsable = kept !== undefined && !(kept.names instanceof Error);
  try {
    const names = await readList(options, isUsable ? PATIENCE.refreshMs : PATIENCE.readMs);
    return { names, readAt: at, freshUntil: at + MAX_AGE_MS };
  } catch (error) {
    if (!(error instanceof StoreError || error instanceof ConfigError)) throw error;
    if (!isUsable || at >= kept.readAt + MAX_AGE_MS + PATIENCE.maxStaleMs)
      return { names: error, readAt: at, freshUntil: now() + PATIENCE.retryMs };
    log.warn('list of tenants served past its age', { problem: error.message, metric: 'settings-stale' });
    return { ...kept, freshUntil: now() + PATIENCE.retryMs };
  }
}

async function readList({ read, prefix }: KnownTenantsOptions, withinMs: number): Promise<Set<string>> {
  const texts = await read(listParameters(prefix), withinMs);
  return new Set([...texts].flatMap(([name, text]) => readListText(name, text)));
}

/** The client is loaded at the first look-up, so that importing this costs a cold start nothing. */
export function createListReader(): ReadParameters {
  return async (names, withinMs) => (await import('./get-parameter.ts')).getParameters(names, withinMs);
}
