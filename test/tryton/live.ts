import { randomUUID } from 'node:crypto';
import { createTrytonRpc, type TrytonAccess, type TrytonRpc } from '../../lib/crm/tryton/calls.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

/** How to reach the server that start.mjs has started. */
export const access = (fetchFor: TrytonAccess['fetch'] = fetch): TrytonAccess => ({
  ...(JSON.parse(process.env.TRYTON_LIVE ?? '{}') as Pick<
    TrytonAccess,
    'baseUrl' | 'database' | 'username' | 'password'
  >),
  fetch: fetchFor,
  now: Date.now,
  timeoutMs: 20_000,
});

/** The test's own line to the server, beside the adapter's. */
export const rpc: TrytonRpc = createTrytonRpc(access());

const INACTIVE_TOO = { active_test: false };
const write = (method: string, params: Parameters<TrytonRpc['call']>[0]['params']) =>
  rpc.call({ method, params, repeatable: false });

const COLOURS = ['red', 'green', 'blue'];

/** Once for the whole database. */
export async function makeCategories(): Promise<void> {
  const known = await rpc.searchRead({ model: 'party.category', domain: [], fields: ['name'] });
  if (known.length === 0) await write('model.party.category.create', [COLOURS.map((name) => ({ name })), {}]);
}

/** A part of the database that no other test looks at: its contacts' identifiers begin with a prefix of their own. */
export function openPart() {
  const prefix = `world-${randomUUID()}:`;
  return {
    prefix,
    seed: (contactId: string, values: JsonObject = {}) => seedParty(prefix + contactId, values),
    parties: () => readParties(prefix),
  };
}

/** @returns the party's record id. */
async function seedParty(code: string, values: JsonObject): Promise<string> {
  const { categories, other, ...own } = values;
  const party = {
    name: 'Seeded',
    ...own,
    identifiers: [['create', [{ code }]]],
    ...(other !== undefined && { contact_mechanisms: [['create', [{ type: 'other', value: other }]]] }),
    ...(Array.isArray(categories) && { categories: [['add', await categoryIds(categories.map(String))]] }),
  };
  return makeParty(party);
}

/** @returns the party's record id. */
export async function makeParty(values: JsonObject): Promise<string> {
  // With SQLite two parties made at once get one number.
  const [id] = (await write('model.party.party.create', [[{ code: randomUUID(), ...values }], {}])) as number[];
  return String(id);
}

async function categoryIds(names: string[]): Promise<number[]> {
  const domain = [['name', 'in', names]];
  const found = await rpc.searchRead({ model: 'party.category', domain, fields: ['id'] });
  return found.map(({ id }) => Number(id));
}

/** Parties of a part, merged-away ones too, with what hangs on them, as Tryton itself tells. */
async function readParties(prefix: string) {
  const read = (model: string, domain: Json[], fields: string[]) =>
    rpc.searchRead({ model, domain, fields, context: INACTIVE_TOO });
  const identifiers = await read('party.identifier', [['code', 'like', `${prefix}%`]], ['code', 'party']);
  const ids = identifiers.map(({ party }) => Number(party));
  const all = await read('party.party', [['id', 'in', ids]], ['name', 'active', 'replaced_by', 'categories']);
  const mechanisms = await read('party.contact_mechanism', [['party', 'in', ids]], MECHANISM);
  const categories = await read('party.category', [], ['name']);
  return all.map((party) => ({
    recordId: String(party.id),
    name: party.name === null ? null : String(party.name),
    active: Boolean(party.active),
    replacedBy: party.replaced_by === null ? undefined : String(party.replaced_by),
    contactId: String(identifiers.find((one) => one.party === party.id)?.code).slice(prefix.length),
    mechanisms: mechanisms.filter((one) => one.party === party.id),
    categories: categories
      .filter(({ id }) => (party.categories as number[]).includes(Number(id)))
      .map(({ name }) => String(name)),
  }));
}

const MECHANISM = ['type', 'value', 'party', 'active'];

export type Party = Awaited<ReturnType<typeof readParties>>[number];

/** The value that people see: the first active one of its kind. */
export function mechanismOf({ mechanisms }: Party, type: string): string | null {
  const value = mechanisms.find((one) => one.active && one.type === type)?.value;
  return value === undefined || value === null ? null : String(value);
}
