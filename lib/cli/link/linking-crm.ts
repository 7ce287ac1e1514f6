import type { LinkingCrm } from '../../console/deployment.ts';
import { isJsonObject } from '../../json.ts';
import type { Io } from '../io.ts';
import { HOME } from './read-options.ts';
import { openTenant, type TenantOptions } from './tenant-settings.ts';

/** A tenant's CRM as a console links its records: by its settings as they are now. @throws UsageError, ConfigError, Refused */
export async function linkingCrm(options: TenantOptions, io: Io): Promise<LinkingCrm | undefined> {
  const { crm, settings } = await openTenant(options, io);
  return crm && { crm, country: countryIn(settings) };
}

function countryIn(settings: unknown): string {
  const policy = isJsonObject(settings) && isJsonObject(settings.policy) ? settings.policy : {};
  const link = isJsonObject(policy.link) ? policy.link : {};
  return typeof link.country === 'string' ? link.country : HOME;
}
