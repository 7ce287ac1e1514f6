import { verifyUrl } from '../dustess/verify-url.ts';
import { CallbackRefused } from '../errors.ts';
import type { IntakeDeps } from './receive-callback.ts';

/**
 * What 尘锋 asks each time the callback URL is saved: the decrypted echo, exactly.
 * @throws CallbackRefused, ConfigError, StoreError
 */
export async function verifyCallbackUrl(
  tenant: string,
  query: Record<string, string | undefined>,
  deps: Pick<IntakeDeps, 'settings' | 'now'>,
): Promise<string> {
  const settings = await deps.settings(tenant);
  if (!settings) throw new CallbackRefused('unknown-tenant');
  return verifyUrl(query, settings, deps.now());
}
