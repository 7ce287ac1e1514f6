import { createHubspotCrm } from '../../lib/crm/hubspot/hubspot.ts';
import { HUBSPOT_ABSORBED_IDS_PROPERTY, HUBSPOT_ID_PROPERTY } from '../../lib/crm/hubspot/settings.ts';
import { createSalesforceCrm } from '../../lib/crm/salesforce/salesforce.ts';
import { createStaticSession } from '../../lib/crm/salesforce/session.ts';
import { DEFAULT_ID_FIELD } from '../../lib/crm/salesforce/settings.ts';
import type { Crm, Fetch } from '../../lib/ports.ts';
import { createHubspotLookalike } from '../lookalikes/hubspot.ts';
import { property, Refusal } from '../lookalikes/hubspot-account.ts';
import { createSalesforceLookalike } from '../lookalikes/salesforce.ts';
import { FIELDS, type FieldKey } from './history.ts';
import { inOnePart } from './model-crms.ts';
import type { MergeEffect } from './model-record-crm.ts';
import type { Actor } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { CrmMaker, SimulatedCrm } from './simulated-crm.ts';
import { CALL_MS, TROUBLE_ENDS_MS, type World } from './world.ts';

/** What a look-alike that speaks HTTP comes down to for the oracle. */
export interface Account {
  name: string;
  /** Living records: contact id and values by field, under the record's id. */
  people(): Map<string, { contactId: string | undefined; values: Record<string, unknown> }>;
  insert(contactId: string, values: Record<string, string>): void;
  respond(url: string, init: RequestInit): Response | Promise<Response>;
  /** Orders the next request to fail as the vendor's documentation says it may. */
  order(random: SeededRandom): void;
  adapter(fetch: Fetch, world: World, actor: Actor): Crm;
  violations(): string[];
  propertyOf(field: FieldKey): string;
  /** The record that a merged-away record is part of now. */
  homeOf(recordId: string): string | undefined;
  cannotCreate?: boolean;
}

export function simulated(account: Account): SimulatedCrm {
  const effects: MergeEffect[] = [];
  const returned: string[] = [];
  const calls = new Map<string, number>();
  return {
    name: account.name,
    cannotCreate: account.cannotCreate ?? false,
    effects,
    returned,
    calls,
    mapping: Object.fromEntries(FIELDS.map((field) => [field, account.propertyOf(field)])),
    seen: () => [...account.people().values()],
    seed: (contactId, values) => {
      const taken = [...account.people().values()].some((person) => person.contactId === contactId);
      if (!taken) account.insert(contactId, values);
    },
    complaints: () => account.violations(),
    port: (world, actor) => {
      const arrive = (url: string, init: RequestInit) => {
        const label = `${init.method} ${new URL(url).pathname}`;
        calls.set(label.replace(/\d{3,}|003\w+/g, 'ID'), (calls.get(label.replace(/\d{3,}|003\w+/g, 'ID')) ?? 0) + 1);
        world.scheduler.pass(world.random.below(world.random.chance(0.05) ? CALL_MS : 300));
        if (world.isYoung(TROUBLE_ENDS_MS) && world.random.chance(0.04)) account.order(world.random);
        return observed(account, { effects, returned }, () => account.respond(url, init));
      };
      const fetch: Fetch = (url, init) =>
        world.scheduler
          .call(
            actor,
            `${init.method} ${new URL(url).pathname} ${init.body ?? ''}`,
            () => ({ answer: arrive(url, init) }),
            {
              faulty: (when) => noAnswer(world.random, when),
              timeoutMs: CALL_MS,
              ...(init.method !== 'GET' && { late: inOnePart(() => arrive(url, init)) }),
            },
          )
          .then(({ answer }) => answer);
      return account.adapter(fetch, world, actor);
    },
  };
}

interface Seen {
  effects: MergeEffect[];
  /** Contacts that came back from a merge, in order. */
  returned: string[];
}

/**
 * A record that a request makes disappear was merged away by it, unless it only got another id; a contact that was merged
 * away and has a record again has come back.
 */
function observed(account: Account, { effects, returned }: Seen, request: () => Response | Promise<Response>) {
  const before = account.people();
  const answer = Promise.resolve(request());
  answer.catch(() => undefined); // Its caller may be dead by now.
  const after = account.people();
  const minted = [...after].filter(([id]) => !before.has(id)).map(([, { contactId }]) => contactId);
  const contacts = new Set([...before.values()].map(({ contactId }) => contactId));
  for (const contactId of new Set([...after.values()].map((person) => person.contactId)))
    if (contactId !== undefined && !contacts.has(contactId) && effects.some((one) => one.loserContact === contactId))
      returned.push(contactId);
  for (const [loserRecord, { contactId: loserContact }] of before) {
    if (after.has(loserRecord) || minted.includes(loserContact)) continue;
    const survivorContact = after.get(account.homeOf(loserRecord) ?? '')?.contactId;
    effects.push({ survivorContact, loserContact, loserRecord });
  }
  return answer;
}

function noAnswer(random: SeededRandom, when: 'before' | 'after'): Error {
  const code = when === 'before' ? random.pick(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET']) : 'ECONNRESET';
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}

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
