import { CrmError } from '../../lib/errors.ts';
import type { Json } from '../../lib/json.ts';
import type { RecordCrmRules } from '../../lib/ports.ts';
import { createHubspotLookalike } from '../lookalikes/hubspot.ts';
import { property } from '../lookalikes/hubspot-account.ts';
import { FIELDS } from '../simulation/history.ts';
import { createModelCommandCrm } from '../simulation/model-command-crm.ts';
import { createModelRecordCrm, type MergeEffect, portRules } from '../simulation/model-record-crm.ts';
import type { SeenRecord } from '../simulation/oracle.ts';
import type { SeededRandom } from '../simulation/seeded-random.ts';
import type { CrmAnswer, CrmRequest } from './crm-server.ts';
import { type Kind, MAPPING } from './orders.ts';

/** A tenant's CRM, as its own people see it and as it answers over HTTP. */
export interface TenantCrmServer {
  rules?: RecordCrmRules;
  answer(request: CrmRequest): CrmAnswer | Promise<CrmAnswer>;
  seed(contactId: string, values: Record<string, string>): void;
  seen(): SeenRecord[];
  effects: MergeEffect[];
  complaints(): string[];
}

export function createTenantCrm(kind: Kind, random: SeededRandom, now: () => number): TenantCrmServer {
  if (kind === 'command') return commandCrm(random.chance(0.5));
  return kind === 'record' ? recordCrm(random) : hubspot(random, now);
}

const ok = (body: unknown): CrmAnswer => ({ status: 200, body: JSON.stringify(body) ?? '' });

function commandCrm(fillsBlanks: boolean): TenantCrmServer {
  const model = createModelCommandCrm(fillsBlanks);
  return {
    effects: model.effects,
    complaints: () => model.changedBodies.map((key) => `promise 5: two bodies under the key ${key}`),
    seed: (contactId, values) => void model.contacts.set(contactId, new Map<string, Json>(Object.entries(values))),
    seen: () => [...model.contacts].map(([contactId, values]) => ({ contactId, values: Object.fromEntries(values) })),
    answer({ body, headers }) {
      const { outcome } = model.send(JSON.parse(body).data, headers['webhook-id'] ?? '');
      return outcome === 'unknown-contacts' ? { status: 404, body: '{}' } : ok({});
    },
  };
}

const PROPERTY_OF = new Map<string, string>(Object.entries(MAPPING));
const byProperty = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([field, value]) => [PROPERTY_OF.get(field) ?? field, value]));
const byField = (read: (property: string) => unknown) =>
  Object.fromEntries(FIELDS.map((field) => [field, read(PROPERTY_OF.get(field) ?? field)]));

function recordCrm(random: SeededRandom): TenantCrmServer {
  const loserLeavesTrace = random.chance(0.7);
  const rules = {
    newIdAfterMerge: loserLeavesTrace && random.chance(0.4),
    loserLeavesTrace,
    repeatSucceeds: random.chance(0.5),
    fillsBlanks: random.chance(0.6),
    losersPerMerge: 1 + random.below(3),
    mergeSetsValues: random.chance(0.4),
    oldContactIdFinds: random.chance(0.3),
    absorbedIdsProperty: random.chance(0.5),
  };
  const model = createModelRecordCrm(rules);
  const methods: Record<string, (...args: never[]) => unknown> = {
    find: model.find,
    locate: (ids: string[]) => [...model.locate(ids)],
    merge: model.merge,
    update: (id: string, write: Parameters<typeof model.update>[1]) => model.update(id, write) ?? null,
    create: model.create,
  };
  return {
    rules: portRules(rules),
    effects: model.effects,
    complaints: () => [],
    seed: (contactId, values) => void model.seed(contactId, byProperty(values)),
    seen: () =>
      [...model.records.values()].map(({ contactId, values }) => ({
        contactId,
        values: byField((name) => values[name]),
      })),
    answer({ path, body }) {
      try {
        return ok(methods[path.slice(1)]?.(...(JSON.parse(body) as never[])));
      } catch (error) {
        if (!(error instanceof CrmError)) throw error;
        return { status: 422, body: JSON.stringify({ code: error.code }) };
      }
    },
  };
}

const ID = 'dustess_contact_id';

function hubspot(random: SeededRandom, now: () => number): TenantCrmServer {
  const quirks = { keepsPrimaryId: random.chance(0.3), loserValueResolves: random.chance(0.5) };
  const lookalike = createHubspotLookalike({ now, quirks, limit: { calls: 10_000, intervalMs: 10_000 } });
  const { portal } = lookalike;
  portal.properties.set(ID, property(ID, { hasUniqueValue: true }));
  for (const name of ['dustess_merged_contact_ids', ...PROPERTY_OF.values()])
    portal.properties.set(name, property(name));
  const effects: MergeEffect[] = [];
  const people = () => new Map([...portal.contacts.values()].map(({ id, values }) => [id, values.get(ID)]));

  /** A contact that a request makes disappear was merged away by it, unless it only got another record id. */
  function observe(before: Map<string, string | undefined>): void {
    for (const [loserRecord, loserContact] of before) {
      const survivorContact = portal.byId(loserRecord)?.values.get(ID);
      if (!portal.contacts.has(loserRecord) && survivorContact !== loserContact)
        effects.push({ survivorContact, loserContact, loserRecord });
    }
  }

  return {
    effects,
    complaints: () => lookalike.broken,
    seed: (contactId, values) => {
      const isThere = [...people().values()].includes(contactId);
      if (!isThere) portal.create({ ...byProperty(values), [ID]: contactId });
    },
    seen: () =>
      [...portal.contacts.values()].map(({ values }) => ({
        contactId: values.get(ID),
        values: byField((name) => values.get(name)),
      })),
    async answer({ method, path, headers, body }) {
      const before = people();
      const init = { method, headers, ...(body !== '' && { body }) };
      const response = lookalike.respond(`http://hubspot${path}`, init);
      observe(before);
      return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
    },
  };
}
