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
    property('birthday', { type: 'date', fieldType: 'date' }),
    property('met_at', { type: 'datetime', fieldType: 'date' }),
    property('score', { type: 'number', fieldType: 'number' }),
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
    typed: [
      { property: 'birthday', value: '2024-02-29', shows: '2024-02-29' },
      { property: 'met_at', value: '2024-02-29T23:59:59.000Z', shows: '2024-02-29T23:59:59.000Z' },
      { property: 'score', value: -12345.67, shows: '-12345.67' },
    ],
    refused: { colours: ['violet'] },
    seed: async (contactId, values) => seedContact(account, contactId, values),
    records: async () => [...account.portal.contacts.values()].map(toSeen),
    absorbed: () => account.portal.merges(),
    unknownRecordId: '999999',
    close,
  };
}
