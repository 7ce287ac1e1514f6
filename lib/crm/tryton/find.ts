import { batchesOf } from '../../batches.ts';
import type { JsonObject } from '../../json.ts';
import type { CrmRecord } from '../../ports.ts';
import type { TrytonRpc } from './calls.ts';
import { CATEGORIES, idsIn, MECHANISMS, readMechanisms } from './parties.ts';

const PORTION = 200;

export interface PartyLookup {
  contactIds: string[];
  properties: string[];
  /** Stands before the contact id in the code of a party's identifier. */
  prefix: string;
}

/** Active parties by their identifiers; merged-away and archived ones are not there. @throws CrmError */
export async function findParties(rpc: TrytonRpc, { contactIds, properties, prefix }: PartyLookup) {
  const codes = [...new Set(contactIds)].filter(canBeCode).map((id) => prefix + id);
  const found: { asked: string; record: CrmRecord }[] = [];
  for (const some of batchesOf(codes, PORTION)) found.push(...(await findPortion(rpc, some, { properties, prefix })));
  return found;
}

/** A lone surrogate and U+0000 can stand in no text of a database: Tryton answers an exception to the question. */
const canBeCode = (contactId: string): boolean => contactId !== '' && !/[\0\p{Surrogate}]/u.test(contactId);

async function findPortion(rpc: TrytonRpc, codes: string[], { properties, prefix }: Omit<PartyLookup, 'contactIds'>) {
  const domain = [
    ['code', 'in', codes],
    ['party.active', '=', true],
  ];
  const identifiers = await rpc.searchRead({ model: 'party.identifier', domain, fields: ['code', 'party'] });
  const values = await readValues(rpc, [...new Set(identifiers.map(({ party }) => Number(party)))], properties);
  return identifiers.map(({ code, party }) => {
    const contactId = String(code).slice(prefix.length);
    return {
      asked: contactId,
      record: { recordId: String(party), contactId, values: values.get(Number(party)) ?? {} },
    };
  });
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

async function namesOfCategories(rpc: TrytonRpc, parties: JsonObject[]): Promise<Map<number, string>> {
  const ids = [...new Set(parties.flatMap((party) => idsIn(party[CATEGORIES])))];
  if (ids.length === 0) return new Map();
  const read = await rpc.searchRead({ model: 'party.category', domain: [['id', 'in', ids]], fields: ['name'] });
  return new Map(read.map(({ id, name }) => [Number(id), String(name)]));
}
