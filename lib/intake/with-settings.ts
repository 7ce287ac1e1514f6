import type { IntakeSettings } from '../config.ts';
import { CallbackRefused, StoreError } from '../errors.ts';

export interface SettingsDeps {
  /** Undefined for a name that is not in the closed list of tenants. @throws ConfigError, StoreError */
  settings(tenant: string): Promise<IntakeSettings | undefined>;
  /** Settings that say something else than these, where there are such by now; left out: never. @throws ConfigError, StoreError */
  changedSettings?(tenant: string, than: IntakeSettings): Promise<IntakeSettings | undefined>;
}

/**
 * Settings are kept for minutes. What they refuse may be right by a key that was just put in place, so the refusal stands
 * only where the store says nothing else by now.
 * @throws CallbackRefused, ConfigError, StoreError
 */
export async function withSettings<R>(
  tenant: string,
  deps: SettingsDeps,
  open: (settings: IntakeSettings) => R,
): Promise<R> {
  const settings = await deps.settings(tenant);
  if (!settings) throw new CallbackRefused('unknown-tenant');
  try {
    return open(settings);
  } catch (error) {
    const changed = dependsOnSettings(error) ? await changedSettings(tenant, settings, deps) : undefined;
    if (!changed) throw error;
    return open(changed);
  }
}

const BY_SETTINGS: readonly string[] = [
  'bad-signature',
  'expired-keys',
  'undecryptable',
  'foreign-receive-id',
  'foreign-account',
  'plain-text-off',
  'plain-text-second-factor',
];

const dependsOnSettings = (error: unknown) => error instanceof CallbackRefused && BY_SETTINGS.includes(error.reason);

/** A store that cannot be reached changes no refusal. @throws ConfigError where the settings are wrong by now */
async function changedSettings(tenant: string, than: IntakeSettings, deps: SettingsDeps) {
  try {
    return await deps.changedSettings?.(tenant, than);
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}
