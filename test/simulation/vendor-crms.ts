import { createHubspotCrm } from '../../lib/crm/hubspot/hubspot.ts';
import { HUBSPOT_ABSORBED_IDS_PROPERTY, HUBSPOT_ID_PROPERTY } from '../../lib/crm/hubspot/settings.ts';
import { createSalesforceCrm } from '../../lib/crm/salesforce/salesforce.ts';
import { createStaticSession } from '../../lib/crm/salesforce/session.ts';
import { DEFAULT_ID_FIELD } from '../../lib/crm/salesforce/settings.ts';
import { createHubspotLookalike } from '../lookalikes/hubspot.ts';
import { property, Refusal } from '../lookalikes/hubspot-account.ts';
import { createSalesforceLookalike } from '../lookalikes/salesforce.ts';
import { FIELDS, type FieldKey } from './history.ts';
import { simulated } from './simulated-account.ts';
import type { CrmMaker } from './simulated-crm.ts';
import { CALL_MS } from './world.ts';

export const hubspotCrm: CrmMaker = (random) => {
  let now = () => 0;
  const quirks = {
    keepsPrimaryId: random.chance(0.3),
    loserValueResolves: random.chance(0.5),
    oldIdsAreWritable: random.chance(0.3),
    repeatedMerge: random.pick(['refused', 'not-found', 'accepted'] as const),
    batchRepeatsContacts: random.chance(0.3),
  };
  const lookalike = createHubspotLookalike({ now: () => now(), quirks, limit: { calls: 10_000, intervalMs: 10_000 } });
  const { portal } = lookalike;
  portal.properties.set(HUBSPOT_ID_PROPERTY, { ...property(HUBSPOT_ID_PROPERTY), hasUniqueValue: true });
  for (const name of [HUBSPOT_ABSORBED_IDS_PROPERTY, ...FIELDS.map(hubspotProperty)])
    portal.properties.set(name, property(name));
  return simulated({
    name: `hubspot ${JSON.stringify(quirks)}`,
    propertyOf: hubspotProperty,
    homeOf: (recordId) => portal.byId(recordId)?.id,
    people: () =>
      new Map(
        [...portal.contacts.values()].map(({ id, values }) => [
          id,
          {
            contactId: values.get(HUBSPOT_ID_PROPERTY),
            values: Object.fromEntries(FIELDS.map((field) => [field, values.get(hubspotProperty(field))])),
          },
        ]),
      ),
    insert: (contactId, values) => {
      const named = Object.entries(values).map(([field, value]) => [hubspotProperty(field as FieldKey), value]);
      // The portal refuses an id that still leads to the record it was merged into: then nothing is linked.
      unlessRefused(() => portal.create({ ...Object.fromEntries(named), [HUBSPOT_ID_PROPERTY]: contactId }));
    },
    respond: (url, init) => lookalike.respond(url, init),
    order: (r) => {
      const status = r.pick([423, 429, 502, 503, 504]);
      const when = status >= 502 ? r.pick(['before-effect', 'after-effect'] as const) : 'before-effect';
      lookalike.fail({ on: /./, when, answer: { status } });
    },
    adapter: (fetch, world, actor) => {
      now = world.scheduler.now;
      const sleep = (ms: number) =>
        new Promise<void>((resolve) =>
          world.scheduler.at(now() + ms, `${actor.name} paused`, () => actor.alive && resolve()),
        );
      return createHubspotCrm({ token: 'pat-test', fetch, now, sleep, timeoutMs: CALL_MS });
    },
    violations: () => lookalike.broken,
  });
};

function unlessRefused(effect: () => void): void {
  try {
    effect();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

const hubspotProperty = (field: FieldKey) => (field === 'customFields.c1' ? 'c1' : `dustess_${field}`);

export const salesforceCrm: CrmMaker = (random) => {
  let now = () => 0;
  const own = Object.fromEntries(FIELDS.map((field) => [salesforceField(field), { type: 'string' as const }]));
  const quirks = {
    ...(random.chance(0.3) && { duplicateRule: 'alert' as const }),
    ...(random.chance(0.5) && { refusesExternalIdsInMerge: true }),
  };
  const lookalike = createSalesforceLookalike({ fields: own, quirks, now: () => now() });
  const token = lookalike.sessions.issue();
  return simulated({
    name: `salesforce ${JSON.stringify(quirks)}`,
    cannotCreate: true, // A contact needs a LastName there.
    propertyOf: salesforceField,
    homeOf: (recordId) => lookalike.org.row(recordId)?.MasterRecordId ?? undefined,
    people: () =>
      new Map(
        [...lookalike.org.rows.values()]
          .filter(({ IsDeleted }) => !IsDeleted)
          .map(({ Id, fields }) => [
            Id,
            {
              contactId:
                fields[DEFAULT_ID_FIELD] === null ? undefined : (fields[DEFAULT_ID_FIELD] as string | undefined),
              values: Object.fromEntries(FIELDS.map((field) => [field, fields[salesforceField(field)]])),
            },
          ]),
      ),
    insert: (contactId, values) => {
      const named = Object.entries(values).map(([field, value]) => [salesforceField(field as FieldKey), value]);
      lookalike.seed(contactId, Object.fromEntries(named));
    },
    respond: (url, init) => lookalike.fetch(url, init),
    order: (r) =>
      lookalike.faults.add(
        r.pick([
          { on: 'merge', how: { code: 'UNABLE_TO_LOCK_ROW' } },
          { on: 'merge', when: 'after-effect', how: 'hang-up' },
          { on: 'any', how: { status: 503 } },
          { on: 'any', when: 'after-effect', how: { status: 502 } },
        ] as const),
      ),
    adapter: (fetch, world) => {
      now = world.scheduler.now;
      const session = createStaticSession(token);
      return createSalesforceCrm({
        instanceUrl: 'https://acme.my.salesforce.com',
        session,
        fetch,
        now,
        timeoutMs: CALL_MS,
      });
    },
    violations: () => lookalike.violations,
  });
};

const salesforceField = (field: FieldKey) => (field === 'customFields.c1' ? 'C1__c' : `Dustess_${field}__c`);
