import { aroundCalls } from '../around-calls.ts';
import { ConfigError, CrmError, StoreError } from '../errors.ts';

/** Where a tenant's settings come from, and whether they are still what they were. */
export interface SettingsAge {
  /** When they were first read, milliseconds since 1970. */
  since: number;
  /** Whether the store says something else by now. @throws ConfigError, StoreError */
  isChanged(): Promise<boolean>;
}

/**
 * Settings are kept for minutes, and credentials that were just replaced may be dead at once: a refusal of theirs says
 * nothing about the new ones. The event then comes back soon, and finds the settings as they are.
 * @param age left out where the settings do not come from a store.
 */
export function withChangedSettings<T extends { name: string }>(crm: T, age: SettingsAge | undefined): T {
  if (!age) return crm;
  return aroundCalls(crm, async (call) => {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof CrmError) || error.kind !== 'auth' || !(await isReplaced(age))) throw error;
      throw new CrmError('retry-soon', `${crm.name}: refused with credentials that were replaced meanwhile`, {
        code: 'SETTINGS_CHANGED',
        cause: error,
      });
    }
  });
}

/** Settings that are wrong by now are changed ones: the event finds out, and waits for them. */
async function isReplaced({ isChanged }: SettingsAge): Promise<boolean> {
  try {
    return await isChanged();
  } catch (error) {
    if (error instanceof ConfigError) return true;
    if (error instanceof StoreError) return false;
    throw error;
  }
}
