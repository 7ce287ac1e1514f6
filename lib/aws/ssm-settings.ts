import { ConfigError, StoreError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Now } from '../ports.ts';

/**
 * Reads one SecureString; undefined when there is no such parameter. @param withinMs milliseconds it may take.
 * @throws StoreError when the store cannot be reached; ConfigError when it refuses.
 */
export type ReadParameter = (name: string, withinMs: number) => Promise<string | undefined>;

export interface SettingsOptions<T> {
  read: ReadParameter;
  /** Whether there is such a tenant: no other is ever looked up. @throws StoreError, ConfigError */
  isTenant(tenant: string): Promise<boolean>;
  /** The parameter of a tenant. */
  nameOf(tenant: string): string;
  /** @param since when these settings were first read, milliseconds since 1970. @throws ConfigError */
  parse(name: string, text: string, tenant: string, since: number): T | Promise<T>;
  now: Now;
  log: Log;
  /** A changed parameter is in force after this long, milliseconds. */
  maxAgeMs: number;
}

/** What the parameter said when it was last read: settings, or what is wrong with it. */
interface Kept<T> {
  settings: T | ConfigError;
  text?: string;
  /** When this text was first read. */
  since: number;
  readAt: number;
  /** Not to be asked for again before this. */
  freshUntil: number;
}

export interface TenantSettings<T> {
  /** @returns undefined for a name that is no tenant's, without a look-up of its settings. @throws StoreError, ConfigError */
  get(tenant: string): Promise<T | undefined>;
  /**
   * Whether the store says something else by now: for when settings in hand led to a refusal, so that new keys and
   * credentials are in force at once. Read ahead of their age at most once in ten seconds over all tenants: a flood of
   * strangers costs the store next to nothing. @returns undefined where not. @throws ConfigError, StoreError
   */
  changed(tenant: string, than: T): Promise<T | undefined>;
}

/** How long what the store holds is waited for and kept, milliseconds. */
export const PATIENCE = {
  retryMs: 10_000,
  maxStaleMs: 15 * 60_000,
  /** The function has ten seconds, and there is nothing to serve with. */
  readMs: 4_000,
  /** There is, and the sender waits about a second. */
  refreshMs: 1_500,
};

/**
 * Tenants' settings from the parameter store, kept for a bounded time: keys are rotated without a deploy. While the
 * store cannot be reached, settings in hand serve for fifteen minutes past their age, rather than refusing every
 * callback. A parameter that is deleted or broken is in force like any other change.
 */
export function createSettings<T extends object>(options: SettingsOptions<T>): TenantSettings<T> {
  const cache = new Map<string, Kept<T>>();
  const texts = new WeakMap<T, string | undefined>();
  let readAheadAt = Number.NEGATIVE_INFINITY;

  async function renew(tenant: string): Promise<Kept<T>> {
    const current = await refresh(options, tenant, cache.get(tenant));
    cache.set(tenant, current);
    if (!(current.settings instanceof ConfigError)) texts.set(current.settings, current.text);
    return current;
  }

  return {
    async get(tenant) {
      if (!(await options.isTenant(tenant))) return undefined;
      const kept = cache.get(tenant);
      return usable(kept && options.now() < kept.freshUntil ? kept : await renew(tenant));
    },
    async changed(tenant, than) {
      const isAhead = options.now() >= readAheadAt + PATIENCE.retryMs;
      if (cache.get(tenant)?.text === texts.get(than) && !isAhead) return undefined;
      if (isAhead) readAheadAt = options.now();
      const current = isAhead ? await renew(tenant) : cache.get(tenant);
      return current && current.text !== texts.get(than) ? usable(current) : undefined;
    },
  };
}

function usable<T>({ settings }: Kept<T>): T {
  if (settings instanceof ConfigError) throw settings;
  return settings;
}

async function refresh<T>(options: SettingsOptions<T>, tenant: string, kept: Kept<T> | undefined): Promise<Kept<T>> {
  const now = options.now();
  const isUsable = kept && !(kept.settings instanceof ConfigError);
  try {
    return await readSettings(options, tenant, kept, isUsable ? PATIENCE.refreshMs : PATIENCE.readMs);
  } catch (error) {
    if (error instanceof ConfigError)
      return { settings: error, since: now, readAt: now, freshUntil: now + PATIENCE.retryMs };
    const isServed =
      isUsable && error instanceof StoreError && now < kept.readAt + options.maxAgeMs + PATIENCE.maxStaleMs;
    if (!isServed) throw error;
    options.log.warn('settings served past their age', { tenant, problem: error.message, metric: 'settings-stale' });
    return { ...kept, freshUntil: now + PATIENCE.retryMs };
  }
}

async function readSettings<T>(
  options: SettingsOptions<T>,
  tenant: string,
  kept: Kept<T> | undefined,
  withinMs: number,
): Promise<Kept<T>> {
  const name = options.nameOf(tenant);
  const now = options.now();
  const text = await options.read(name, withinMs);
  if (text === undefined) throw new ConfigError(`SSM: there is no parameter ${name}; create it as a SecureString`);
  const since = kept?.text === text ? kept.since : now;
  const settings = await options.parse(name, text, tenant, since);
  return { settings, text, since, readAt: now, freshUntil: now + options.maxAgeMs };
}

/** The client is loaded at the first look-up, so that importing this costs a cold start nothing. */
export function createParameterReader(): ReadParameter {
  return async (name, withinMs) => (await import('./get-parameter.ts')).getParameter(name, withinMs);
}
