import { verifyUrl } from '../dustess/verify-url.ts';
import type { IntakeDeps } from './receive-callback.ts';
import { type SettingsDeps, withSettings } from './with-settings.ts';

/**
 * What 尘锋 asks each time the callback URL is saved: the decrypted echo, exactly.
 * @throws CallbackRefused, ConfigError, StoreError
 */
export async function verifyCallbackUrl(
  tenant: string,
  query: Record<string, string | undefined>,
  deps: SettingsDeps & Pick<IntakeDeps, 'now'>,
): Promise<string> {
  return withSettings(tenant, deps, (settings) => verifyUrl(query, settings, deps.now()));
}
