import { createTenantCrm } from '../../crm/registry.ts';
import type { TenantCrm } from '../../merge/tenant-crm.ts';
import type { Io } from '../io.ts';
import { partsOf, settingsOf, type TenantOptions } from '../link/tenant-settings.ts';
import type { Service } from '../service-options.ts';

/** A tenant's CRM as its workers have it, within their rate limit. @throws UsageError, ConfigError, Refused */
export async function openCrm(
  options: TenantOptions,
  { tenant, rates }: { tenant: string; rates: Service['rates'] },
  io: Io,
): Promise<TenantCrm> {
  const settings = await settingsOf(tenant, options, io);
  return createTenantCrm(tenant, settings, { ...partsOf(io), ledger: rates });
}
