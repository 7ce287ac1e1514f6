import type { Json, JsonObject } from '../../json.ts';
import type { CrmRecord, RecordLocation } from '../../ports.ts';
import type { TrytonRpc } from './calls.ts';

/** What the `party` module keeps beside a party: telephone numbers, addresses of the net. */
export const MECHANISMS = ['phone', 'mobile', 'fax', 'email', 'website', 'skype', 'sip', 'irc', 'jabber', 'other'];
export const CATEGORIES = 'categories';

const INACTIVE_TOO = { active_test: false };
const PORTION = 200;

/** Records' ids are numbers in Tryton; one that is none is nobody's. */
export const numberOf = (recordId: string): number => (/^\d{1,15}$/.test(recordId) ? Number(recordId) : -1);

export interface PartyLookup {
  contactIds: string[];
  properties: string[];
  /** Stands before the contact id in the code of a party's identifier. */
  prefix: string;
}

/** Active parties by their identifiers; merged-away and archived ones are not there. */
export async function findParties(rpc: TrytonRpc, { contactIds, properties, prefix }: PartyLookup) {
  const codes = [...new Set(contactIds)].filter((id) => id !== '').map((id) => prefix + id);
  const found: { asked: string; record: CrmRecord }[] = [];
  for (let from = 0; from < codes.length; from += PORTION) {
    const domain = [
      ['code', 'in', codes.slice(from, from + PORTION)],
      ['party.active', '=', true],
    ];
    const identifiers = await rpc.searchRead({ model: 'party.identifier', domain, fields: ['code', 'party'] });
    const values = await readValues(rpc, [...new Set(identifiers.map(({ party }) => Number(party)))], properties);
    for (const { code, party } of identifiers) {
      const contactId = String(code).slice(prefix.length);
      const record = { recordId: String(party), contactId, values: values.get(Number(party)) ?? {} };
      found.push({ asked: contactId, record });
    }
  }
  return found;
}

async function readValues(rpc: TrytonRpc, ids: number[], properties: string[]): Promise<Map<number, JsonObject>> {
  if (ids.length === 0) return new Map();
  const own = properties.filter((name) => !MECHANISMS.includes(name) && name !== CATEGORIES);
  const fields = [...new Set(['name', ...own, ...(properties.includes(CATEGORIES) ? [CATEGORIES] : [])])];
  const parties = await rpc.searchRead({ model: 'party.party', domain: [['id', 'in', ids]], fields });
  const mechanisms = properties.some((name) => MECHANISMS.includes(name)) ? await readMechanisms(rpc, ids) : [];
  const categories = await namesOfCategories(rpc, parties);
  return new Map(
    parties.map(({ id, ...party }) => {
      const values = Object.fromEntries(fields.map((name) => [name, party[name] ?? null]));
      for (const one of mechanisms.toReversed()) if (one.party === id) values[one.type] = one.value;
      if (CATEGORIES in values) values[CATEGORIES] = idsIn(values[CATEGORIES]).map((one) => categories.get(one) ?? '');
      return [Number(id), values];
    }),
  );
}

export interface Mechanism {
  id: number;
  party: number;
  type: string;
  value: string;
}

/** Active ones, in the order in which people see them. */
export async function readMechanisms(rpc: TrytonRpc, parties: number[]): Promise<Mechanism[]> {
  const fields = ['party', 'type', 'value'];
  const domain = [['party', 'in', parties]];
  const read = await rpc.searchRead({ model: 'party.contact_mechanism', domain, fields });
  return read.map(({ id, party, type, value }) => ({
    id: Number(id),
    party: Number(party),
    type: String(type),
    value: String(value ?? ''),
  }));
}

export const idsIn = (value: Json | undefined): number[] => (Array.isArray(value) ? value.map(Number) : []);

async function namesOfCategories(rpc: TrytonRpc, parties: JsonObject[]): Promise<Map<number, string>> {
  const ids = [...new Set(parties.flatMap((party) => idsIn(party[CATEGORIES])))];
  if (ids.length === 0) return new Map();
  const read = await rpc.searchRead({ model: 'party.category', domain: [['id', 'in', ids]], fields: ['name'] });
  return new Map(read.map(({ id, name }) => [Number(id), String(name)]));
}

/** A party as far as merging is concerned. */
export interface PartyState {
  active: boolean;
  replacedBy: number | undefined;
  /** Tryton's own mark of the last change, for its concurrency check. */
  timestamp: string;
}

export async function readStates(rpc: TrytonRpc, ids: number[]): Promise<Map<number, PartyState>> {
  const fields = ['active', 'replaced_by', '_timestamp'];
  const domain = [['id', 'in', ids]];
  const read = await rpc.searchRead({ model: 'party.party', domain, fields, context: INACTIVE_TOO });
  return new Map(
    read.map(({ id, active, replaced_by, _timestamp }) => [
      Number(id),
      {
        active: active === true || active === 1,
        replacedBy: typeof replaced_by === 'number' ? replaced_by : undefined,
        timestamp: String(_timestamp),
      },
    ]),
  );
}

/** Follows `replaced_by` to its end. Archived, deleted and self-replaced parties are gone. */
export async function findWhereabouts(rpc: TrytonRpc, recordIds: string[]): Promise<Map<string, RecordLocation>> {
  const states = new Map<number, PartyState>();
  const asked = new Set<number>();
  let next = recordIds.map(numberOf);
  while (next.length > 0) {
    for (const id of next) asked.add(id);
    for (const [id, state] of await readStates(rpc, next)) states.set(id, state);
    const heads = [...states.values()].flatMap(({ replacedBy }) => replacedBy ?? []);
    next = [...new Set(heads)].filter((id) => !asked.has(id));
  }
  return new Map(recordIds.map((id) => [id, follow(states, numberOf(id))]));
}

function follow(states: Map<number, PartyState>, start: number): RecordLocation {
  const passed = new Set<number>();
  let id = start;
  for (;;) {
    const state = states.get(id);
    if (!state || passed.has(id)) return 'gone';
    if (state.replacedBy === undefined) return state.active ? { recordId: String(id) } : 'gone';
    passed.add(id);
    id = state.replacedBy;
  }
}
