import type { LinkableCrm, RecordCrm } from '../../ports.ts';
import { createHubspotCrm, type HubspotOptions } from './hubspot.ts';

/** @throws ConfigError for a token or address that cannot work. */
export function openHubspot(options: HubspotOptions): { crm: RecordCrm; linking(): Promise<LinkableCrm> } {
  return {
    crm: createHubspotCrm(options),
    linking: async () => (await import('./linking.ts')).createHubspotLinking(options),
  };
}
