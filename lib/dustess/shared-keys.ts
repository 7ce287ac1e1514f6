import type { EnvelopeKeys } from './envelope-keys.ts';

/** What of a tenant's intake settings decides whether it accepts another tenant's callbacks. */
export interface TenantKeys {
  keys: EnvelopeKeys[];
  accounts?: string[] | undefined;
}

/**
 * Tenants with a token and an EncodingAESKey in common of which one, at least, would accept the other's callbacks: it has
 * no `accounts`, or they list the same account.
 * @param tenants intake settings by tenant. @returns pairs of tenants' names, each once.
 */
export function tenantsSharingKeys(tenants: Record<string, TenantKeys>): [string, string][] {
  const entries = Object.entries(tenants);
  return entries.flatMap(([name, one], index) =>
    entries
      .slice(index + 1)
      .filter(([, other]) => hasCommonKeys(one, other) && mayMixUp(one, other))
      .map(([otherName]): [string, string] => [name, otherName]),
  );
}

const hasCommonKeys = (one: TenantKeys, other: TenantKeys) =>
  one.keys.some((a) => other.keys.some((b) => a.token === b.token && a.encodingAesKey === b.encodingAesKey));

const mayMixUp = (one: TenantKeys, other: TenantKeys) =>
  !one.accounts || !other.accounts || one.accounts.some((account) => other.accounts?.includes(account));
