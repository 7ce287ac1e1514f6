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
  deps: Pick<IntakeDeps, 'door' | 'now'>,
): Promise<string> {
  const door = await deps.door(tenant);
  if (!door) throw new CallbackRefused('unknown-tenant');
  return verifyUrl(query, door, deps.now());
}
