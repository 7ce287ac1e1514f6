import { HUBSPOT_ABSORBED_IDS_PROPERTY, HUBSPOT_ID_PROPERTY } from '../../lib/crm/hubspot/settings.ts';
import { DEFAULT_ID_FIELD } from '../../lib/crm/salesforce/settings.ts';
import type { Fetch } from '../../lib/ports.ts';
import { CREDENTIALS, createDynamicsLookalike, ID_COLUMN } from './dynamics.ts';
import { createHubspotLookalike } from './hubspot.ts';
import { property } from './hubspot-account.ts';
import { asTyped, type Person, type PersonRecord } from './people.ts';
import { createSalesforceLookalike } from './salesforce.ts';

/** A look-alike as a person starts it, set up as the pages say. */
export interface Lookalike {
  fetch: Fetch;
  /** Makes a contact with this 尘锋 id. */
  seed(contactId: string): void;
  /** Makes the record of a person that nobody has linked yet, with another merged into it. */
  add(record: PersonRecord, index: number): void;
  /** The environment that `npm start` needs to reach it, as a shell takes it. */
  variables(url: string): string;
  /** The 尘锋 ids of the contacts that are there. */
  contacts(): string[];
}

export const LOOKALIKES: Record<string, () => Lookalike> = { hubspot, salesforce, dynamics };

function hubspot(): Lookalike {
  const token = 'pat-lookalike';
  const { portal, fetch } = createHubspotLookalike({ now: Date.now, token });
  portal.properties.set(HUBSPOT_ID_PROPERTY, { ...property(HUBSPOT_ID_PROPERTY), hasUniqueValue: true });
  portal.properties.set(HUBSPOT_ABSORBED_IDS_PROPERTY, property(HUBSPOT_ABSORBED_IDS_PROPERTY));
  return {
    fetch,
    seed: (id) => void portal.create({ [HUBSPOT_ID_PROPERTY]: id, firstname: `contact ${id}` }),
    add({ person, merged }, index) {
      const make = (one: Person) =>
        portal.create({
          firstname: one.name,
          mobilephone: asTyped(one, index),
          ...(one.email && { email: one.email }),
        });
      const record = make(person);
      if (merged) portal.merge(record.id, make(merged).id);
    },
    variables: (url) => `HUBSPOT_BASE_URL=${url} HUBSPOT_TOKEN=${token}`,
    contacts: () => [...portal.contacts.values()].map(({ values }) => values.get(HUBSPOT_ID_PROPERTY) ?? '–'),
  };
}

function salesforce(): Lookalike {
  const { org, sessions, fetch, seed } = createSalesforceLookalike({ now: Date.now });
  return {
    fetch,
    seed: (id) => void seed(id, { LastName: `contact ${id}` }),
    add({ person, merged }, index) {
      const make = (one: Person) =>
        org.insert({ LastName: one.name, MobilePhone: asTyped(one, index), Email: one.email || null });
      const record = make(person);
      if (merged) org.merge(record.Id, [make(merged).Id], {});
    },
    // In quotes: an interactive shell takes what follows an exclamation mark for its history.
    variables: (url) => `SALESFORCE_INSTANCE_URL=${url} SALESFORCE_TOKEN='${sessions.issue()}'`,
    contacts: () =>
      [...org.rows.values()]
        .filter(({ IsDeleted }) => !IsDeleted)
        .map(({ fields }) => String(fields[DEFAULT_ID_FIELD] ?? '–')),
  };
}

function dynamics(): Lookalike {
  const { org, fetch, seed } = createDynamicsLookalike();
  const { tenantId, clientId, clientSecret } = CREDENTIALS;
  return {
    fetch,
    seed: (id) => void seed(id, { lastname: `contact ${id}` }),
    add({ person, merged }, index) {
      const make = (one: Person) =>
        seed(undefined, { lastname: one.name, mobilephone: asTyped(one, index), emailaddress1: one.email || null });
      const record = make(person);
      if (merged) org.merge(record, make(merged), {});
    },
    variables: (url) =>
      `DYNAMICS_ENVIRONMENT_URL=${url} DYNAMICS_LOGIN_URL=${url} DYNAMICS_TENANT_ID=${tenantId} ` +
      `DYNAMICS_CLIENT_ID=${clientId} DYNAMICS_CLIENT_SECRET=${clientSecret}`,
    contacts: () =>
      [...org.contacts.values()]
        .filter(({ master }) => master === undefined)
        .map(({ values }) => String(values.get(ID_COLUMN) ?? '–')),
  };
}
