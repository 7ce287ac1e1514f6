import { AppError, ConfigError, StoreError } from '../errors.ts';
import type { Now } from '../ports.ts';

/** Reads one SecureString; undefined when there is no such parameter. */
export type ReadParameter = (name: string) => Promise<string | undefined>;

export interface SettingsOptions<T> {
  read: ReadParameter;
  /** Names of all tenants: only these are ever looked up. */
  tenants: string[];
  /** The parameter of a tenant. */
  nameOf(tenant: string): string;
  /** @throws ConfigError */
  parse(name: string, text: string, tenant: string): T;
  now: Now;
  /** A changed parameter is in force after this long, milliseconds. */
  maxAgeMs: number;
}

interface Kept<T> {
  value: T;
  readAt: number;
  /** Not to be asked for again before this. */
  freshUntil: number;
}

const RETRY_MS = 10_000;
const LONGEST_STALE_AGES = 12; // With five minutes: an hour of a parameter store that does not answer.

/**
 * Tenants' settings from the parameter store, kept for a bounded time: keys are rotated without a deploy. While the
 * store does not answer, settings in hand serve for a bounded while longer, rather than refusing every callback.
 * @returns undefined for a name that is not in the closed list, without asking anybody.
 */
export function createSettings<T>(options: SettingsOptions<T>): (tenant: string) => Promise<T | undefined> {
  const cache = new Map<string, Kept<T>>();
  return async (tenant) => {
    if (!options.tenants.includes(tenant)) return undefined;
    const kept = cache.get(tenant);
    if (kept && options.now() < kept.freshUntil) return kept.value;
    const fresh = await refresh(options, tenant, kept);
    cache.set(tenant, fresh);
    return fresh.value;
  };
}

async function refresh<T>(options: SettingsOptions<T>, tenant: string, kept: Kept<T> | undefined): Promise<Kept<T>> {
  const now = options.now();
  const name = options.nameOf(tenant);
  try {
    const text = await options.read(name);
    if (text === undefined) throw new ConfigError(`SSM: there is no parameter ${name}; create it as a SecureString`);
    return { value: options.parse(name, text, tenant), readAt: now, freshUntil: now + options.maxAgeMs };
  } catch (error) {
    if (kept && now - kept.readAt < options.maxAgeMs * LONGEST_STALE_AGES)
      return { ...kept, freshUntil: now + RETRY_MS };
    if (error instanceof AppError) throw error;
    throw new StoreError(`SSM: ${name} cannot be read (${error instanceof Error ? error.name : 'unknown'})`);
  }
}

/** The client is loaded at the first look-up, so that importing this costs a cold start nothing. */
export function createParameterReader(): ReadParameter {
  return async (name) => (await import('./get-parameter.ts')).getParameter(name);
}
