import type { Fetch, LinkableCrm, Now, RecordCrm } from '../../ports.ts';
import { createSalesforceLinking } from './linking.ts';
import { createSalesforceSession } from './oauth.ts';
import { createSalesforceCrm } from './salesforce.ts';
import type { SalesforceSettings } from './settings.ts';

/** @throws ConfigError for an address, key or token that cannot work. */
export function createSalesforceFromSettings(
  settings: SalesforceSettings,
  parts: { fetch: Fetch; now: Now },
): RecordCrm {
  const session = createSalesforceSession({ ...settings, ...parts });
  return createSalesforceCrm({ ...settings, ...parts, session });
}

/** @throws ConfigError for an address, key or token that cannot work. */
export function createSalesforceLinkingFromSettings(
  settings: SalesforceSettings,
  parts: { fetch: Fetch; now: Now },
): LinkableCrm {
  const session = createSalesforceSession({ ...settings, ...parts });
  return createSalesforceLinking({ ...settings, ...parts, session });
}
