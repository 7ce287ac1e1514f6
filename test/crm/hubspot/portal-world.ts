import { setTimeout as sleep } from 'node:timers/promises';
import { createHubspotCrm } from '../../../lib/crm/hubspot/hubspot.ts';
import type { PropertyValues } from '../../../lib/ports.ts';
import type { RecordCrmTools, RecordCrmWorld, RecordSeen } from '../../contracts/record-crm-world.ts';
import { createHubspotLookalike, type HubspotLookalikeOptions } from '../../lookalikes/hubspot.ts';
import { type PortalContact, property } from '../../lookalikes/hubspot-account.ts';

export const ID_PROPERTY = 'dustess_contact_id';
export const ABSORBED_PROPERTY = 'dustess_merged_contact_ids';

/** An account set up as the doctor sets it up, with a few properties that a tenant might map. */
export function createAccount(options: Partial<HubspotLookalikeOptions> = {}) {
  const hubspot = createHubspotLookalike({ now: Date.now, ...options });
  for (const known of [
    property(ID_PROPERTY, { hasUniqueValue: true }),
    property(ABSORBED_PROPERTY, { fieldType: 'textarea' }),
    property('nickname'),
    property('remark'),
    property('colours', { type: 'enumeration', fieldType: 'checkbox', options: ['red', 'green', 'blue'] }),
  ])
    hubspot.portal.properties.set(known.name, known);
  return hubspot;
}

export type Account = ReturnType<typeof createAccount>;

export function seedContact({ portal }: Account, contactId: string, values: PropertyValues = {}): string {
  const texts = Object.entries(values).filter(([, value]) => value !== null && value !== '');
  const properties = texts.map(([name, value]) => [name, Array.isArray(value) ? value.join(';') : String(value)]);
  return portal.create({ ...Object.fromEntries(properties), [ID_PROPERTY]: contactId }).id;
}

const toSeen = ({ id, values }: PortalContact): RecordSeen => ({
  recordId: id,
  contactId: values.get(ID_PROPERTY) || undefined,
  values: { ...Object.fromEntries(values), colours: values.get('colours')?.split(';').filter(Boolean) },
});

/** The account as the contract suite wants it, over real sockets. */
export async function makePortalWorld(tools: RecordCrmTools, account: Account): Promise<RecordCrmWorld> {
  const { url, close } = await account.listen();
  return {
    crm: createHubspotCrm({ ...tools, baseUrl: url, token: 'pat-test', now: Date.now, sleep }),
    properties: { text: 'nickname', note: 'remark', colours: 'colours' },
    seed: async (contactId, values) => seedContact(account, contactId, values),
    records: async () => [...account.portal.contacts.values()].map(toSeen),
    absorbed: () => account.portal.merges(),
    unknownRecordId: '999999',
    close,
  };
}
