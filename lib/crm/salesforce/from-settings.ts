import type { Fetch, LinkableCrm, Now, RecordCrm } from '../../ports.ts';
import { createSalesforceSession } from './oauth.ts';
import { createSalesforceCrm } from './salesforce.ts';
import type { SalesforceSettings } from './settings.ts';

/** Both with one session. @throws ConfigError for an address, key or token that cannot work. */
export function openSalesforce(
  settings: SalesforceSettings,
  parts: { fetch: Fetch; now: Now; sleep: (ms: number) => Promise<void> },
): { crm: RecordCrm; linking(): Promise<LinkableCrm> } {
  const options = { ...settings, ...parts, session: createSalesforceSession({ ...settings, ...parts }) };
  return {
    crm: createSalesforceCrm(options),
    linking: async () => (await import('./linking.ts')).createSalesforceLinking(options),
  };
}
