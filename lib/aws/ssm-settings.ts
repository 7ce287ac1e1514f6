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
  /** @throws ConfigError */
  parse(name: string, text: string, tenant: string): T | Promise<T>;
  now: Now;
  log: Log;
  /** A changed parameter is in force after this long, milliseconds. */
  maxAgeMs: number;
}

/** What the parameter said when it was last read: settings, or what is wrong with it. */
interface Kept<T> {
  settings: T | ConfigError;
  readAt: number;
  /** Not to be asked for again before this. */
  freshUntil: number;
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
 * @returns undefined for a name that is no tenant's, without a look-up of its settings.
 */
export function createSettings<T>(options: SettingsOptions<T>): (tenant: string) => Promise<T | undefined> {
  const cache = new Map<string, Kept<T>>();
  return async (tenant) => {
    if (!(await options.isTenant(tenant))) return undefined;
    const kept = cache.get(tenant);
    const current = kept && options.now() < kept.freshUntil ? kept : await refresh(options, tenant, kept);
    cache.set(tenant, current);
    if (current.settings instanceof ConfigError) throw current.settings;
    return current.settings;
  };
}

async function refresh<T>(options: SettingsOptions<T>, tenant: string, kept: Kept<T> | undefined): Promise<Kept<T>> {
  const now = options.now();
  const isUsable = kept && !(kept.settings instanceof ConfigError);
  try {
    const settings = await readSettings(options, tenant, isUsable ? PATIENCE.refreshMs : PATIENCE.readMs);
    return { settings, readAt: now, freshUntil: now + options.maxAgeMs };
  } catch (error) {
    if (error instanceof ConfigError) return { settings: error, readAt: now, freshUntil: now + PATIENCE.retryMs };
    const isServed =
      isUsable && error instanceof StoreError && now < kept.readAt + options.maxAgeMs + PATIENCE.maxStaleMs;
    if (!isServed) throw error;
    options.log.warn('settings served past their age', { tenant, problem: error.message, metric: 'settings-stale' });
    return { ...kept, freshUntil: now + PATIENCE.retryMs };
  }
}

async function readSettings<T>(options: SettingsOptions<T>, tenant: string, withinMs: number): Promise<T> {
  const name = options.nameOf(tenant);
  const text = await options.read(name, withinMs);
  if (text === undefined) throw new ConfigError(`SSM: there is no parameter ${name}; create it as a SecureString`);
  return options.parse(name, text, tenant);
}

/** The client is loaded at the first look-up, so that importing this costs a cold start nothing. */
export function createParameterReader(): ReadParameter {
  return async (name, withinMs) => (await import('./get-parameter.ts')).getParameter(name, withinMs);
}
