import { CrmError } from '../../errors.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { PropertyValue, RecordWrite } from '../../ports.ts';
import type { TrytonRpc } from './calls.ts';
import { VENDOR } from './failures.ts';
import { CATEGORIES, idsIn, MECHANISMS, type Mechanism, numberOf, readMechanisms, readStates } from './parties.ts';

/** All in one call and so in one transaction: fields, telephone numbers, categories and the contact id. @throws CrmError */
export async function updateParty(rpc: TrytonRpc, recordId: string, write: RecordWrite, prefix: string): Promise<void> {
  const id = numberOf(recordId);
  if (!(await readStates(rpc, [id])).get(id)?.active)
    throw new CrmError('permanent', `${VENDOR}: the party to update is not there any more`, { code: 'party-missing' });
  const names = Object.keys(write.values);
  const present = names.some((name) => MECHANISMS.includes(name)) ? await readMechanisms(rpc, [id]) : [];
  const identifiers = write.contactId === undefined ? [] : await readIdentifiers(rpc, id, prefix);
  const values = {
    ...ownFields(write),
    ...(await categoryFields(rpc, write, id)),
    ...mechanismFields(write, present),
    ...identifierFields(write, identifiers, prefix),
  };
  if (Object.keys(values).length === 0) return;
  await rpc.call({ method: 'model.party.party.write', params: [[id], values, {}], repeatable: false });
}

/** @returns the new party's record id. @throws CrmError */
export async function createParty(rpc: TrytonRpc, write: RecordWrite, prefix: string): Promise<string> {
  const values = {
    ...ownFields(write),
    ...(await categoryFields(rpc, write)),
    ...mechanismFields(write, []),
    ...identifierFields(write, [], prefix),
  };
  const made = await rpc.call({ method: 'model.party.party.create', params: [[values], {}], repeatable: false });
  const [id] = idsIn(made);
  if (id === undefined)
    throw new CrmError('ambiguous', `${VENDOR}: create answered without an id`, { code: 'UNREADABLE' });
  return String(id);
}

const isOwn = (name: string) => !MECHANISMS.includes(name) && name !== CATEGORIES;
const fieldValue = (value: PropertyValue): Json => (value === '' ? null : value);

function ownFields({ values }: RecordWrite): JsonObject {
  const own = Object.entries(values).filter(([name]) => isOwn(name));
  return Object.fromEntries(own.map(([name, value]) => [name, fieldValue(value)]));
}

/**
 * The first of a kind is the party's. Clearing archives all of that kind: the next would take the first one's place.
 */
function mechanismFields({ values }: RecordWrite, present: Mechanism[]): JsonObject {
  const actions = Object.entries(values).flatMap(([type, given]): Json[] => {
    if (!MECHANISMS.includes(type)) return [];
    const value = Array.isArray(given) ? given.join('; ') : given;
    const ids = present.filter((one) => one.type === type).map(({ id }) => id);
    if (value === null || value === '') return ids.length > 0 ? [['write', ids, { active: false }]] : [];
    const [first] = ids;
    const fields = { value: String(value) };
    return first === undefined ? [['create', [{ type, ...fields }]]] : [['write', [first], fields]];
  });
  return actions.length > 0 ? { contact_mechanisms: actions } : {};
}

async function readIdentifiers(rpc: TrytonRpc, party: number, prefix: string): Promise<number[]> {
  const domain = [['party', '=', party]];
  const identifiers = await rpc.searchRead({ model: 'party.identifier', domain, fields: ['code'] });
  return identifiers.filter(({ code }) => String(code).startsWith(prefix)).map(({ id }) => Number(id));
}

function identifierFields({ contactId }: RecordWrite, [own, ...more]: number[], prefix: string): JsonObject {
  if (contactId === undefined) return {};
  const code = prefix + contactId;
  const set: Json = own === undefined ? ['create', [{ code }]] : ['write', [own], { code }];
  return { identifiers: more.length > 0 ? [set, ['delete', more]] : [set] };
}

/** Categories go by name. Unknown ones are not made up. */
async function categoryFields(rpc: TrytonRpc, { values }: RecordWrite, party?: number): Promise<JsonObject> {
  const wanted = values[CATEGORIES];
  if (wanted === undefined) return {};
  const names = wanted === null || wanted === '' ? [] : [wanted].flat().map(String);
  const ids = names.length > 0 ? await categoryIds(rpc, names) : [];
  const present = party === undefined ? [] : await presentCategories(rpc, party);
  const gone = present.filter((id) => !ids.includes(id));
  const fresh = ids.filter((id) => !present.includes(id));
  const actions = [...(gone.length > 0 ? [['remove', gone]] : []), ...(fresh.length > 0 ? [['add', fresh]] : [])];
  return actions.length > 0 ? { [CATEGORIES]: actions } : {};
}

async function categoryIds(rpc: TrytonRpc, names: string[]): Promise<number[]> {
  const domain = [['name', 'in', names]];
  const known = await rpc.searchRead({ model: 'party.category', domain, fields: ['name'] });
  const found = new Set(known.map(({ name }) => name));
  if (names.every((name) => found.has(name)) && known.length === found.size) return known.map(({ id }) => Number(id));
  throw new CrmError('permanent', `${VENDOR}: a category does not exist, or twice; create it or correct the mapping`, {
    code: 'category-unknown',
  });
}

async function presentCategories(rpc: TrytonRpc, party: number): Promise<number[]> {
  const domain = [['id', '=', party]];
  const [read] = await rpc.searchRead({ model: 'party.party', domain, fields: [CATEGORIES] });
  return idsIn(read?.[CATEGORIES]);
}
