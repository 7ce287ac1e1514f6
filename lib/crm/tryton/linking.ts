import type { Json, JsonObject } from '../../json.ts';
import { digitsPattern } from '../../linking/keys.ts';
import { type IdWrite, type LinkableCrm, type LinkRecord, MAX_FOUND } from '../../ports.ts';
import { checkBaseUrl } from '../base-url.ts';
import { createTrytonRpc, type TrytonRpc } from './calls.ts';
import { VENDOR } from './failures.ts';
import { findParties } from './find.ts';
import { MECHANISMS, numberOf, readMechanisms } from './parties.ts';
import { DEFAULT_IDENTIFIER_PREFIX, type TrytonOptions } from './tryton.ts';

const PAGE = 500;
const MAX_BATCH = 200;

/** Parties of Tryton for linking: active ones, a page after the other by their ids. @throws ConfigError */
export function createTrytonLinking(
  options: TrytonOptions,
  { pageSize = PAGE, rpc = createTrytonRpc(options) }: { pageSize?: number; rpc?: TrytonRpc } = {},
): LinkableCrm {
  const { identifierPrefix: prefix = DEFAULT_IDENTIFIER_PREFIX } = options;
  checkBaseUrl(options.baseUrl, { setting: 'baseUrl' });
  return {
    name: VENDOR,
    keyProperties: { mobile: ['mobile', 'phone'], email: ['email'] },
    batchSize: MAX_BATCH,
    async scan(properties, after = '0') {
      const domain = [['id', '>', numberOf(after)]];
      const records = await readParties(rpc, { domain, properties, prefix, limit: pageSize });
      const last = records.at(-1)?.recordId;
      return { records, ...(last !== undefined && records.length === pageSize && { after: last }) };
    },
    read: (recordIds, properties) =>
      readParties(rpc, { domain: [['id', 'in', recordIds.map(numberOf)]], properties, prefix }),
    async find(contactIds) {
      const found = await findParties(rpc, { contactIds, properties: [], prefix });
      return found.map(({ asked, record }) => ({ asked, recordId: record.recordId }));
    },
    async search({ key, value }) {
      const pattern = key === 'mobile' ? digitsPattern(value) : `%${value}%`;
      const domain = [['contact_mechanisms.value', 'ilike', pattern]];
      const parties = await rpc.searchRead({ model: 'party.party', domain, fields: ['id'], limit: MAX_FOUND });
      return { recordIds: parties.map(({ id }) => String(id)), isComplete: parties.length < MAX_FOUND };
    },
    async writeIds(writes) {
      await writeIdentifiers(rpc, writes, prefix);
      return new Map();
    },
  };
}

interface Wanted {
  domain: Json[];
  properties: string[];
  prefix: string;
  limit?: number;
}

/** In the order of their ids, with every value of a kind of contact mechanism, not only the first. */
async function readParties(rpc: TrytonRpc, { domain, properties, prefix, limit }: Wanted): Promise<LinkRecord[]> {
  const own = properties.filter((name) => !MECHANISMS.includes(name));
  const fields = ['id', ...own];
  const page = limit === undefined ? {} : { limit };
  const parties = await rpc.searchRead({ model: 'party.party', domain, fields, ...page });
  const ids = parties.map(({ id }) => Number(id));
  if (ids.length === 0) return [];
  const identifiers = await readIdentifiers(rpc, ids, prefix);
  const mechanisms = properties.length > own.length ? await readMechanisms(rpc, ids) : [];
  return parties.map((party) => ({
    recordId: String(party.id),
    contactIds: identifiers.filter((one) => one.party === party.id).map(({ contactId }) => contactId),
    values: valuesOf(
      party,
      mechanisms.filter((one) => one.party === party.id),
      properties,
    ),
  }));
}

function valuesOf(party: JsonObject, mechanisms: { type: string; value: string }[], properties: string[]) {
  const texts = properties.map((name): [string, string[]] => {
    if (!MECHANISMS.includes(name)) return [name, typeof party[name] === 'string' ? [party[name]] : []];
    return [name, mechanisms.filter(({ type }) => type === name).map(({ value }) => value)];
  });
  return Object.fromEntries(texts.filter(([, values]) => values.some((value) => value !== '')));
}

interface Identifier {
  id: number;
  party: number;
  contactId: string;
}

async function readIdentifiers(rpc: TrytonRpc, parties: number[], prefix: string): Promise<Identifier[]> {
  const domain = [['party', 'in', parties]];
  const read = await rpc.searchRead({ model: 'party.identifier', domain, fields: ['code', 'party'] });
  return read.flatMap(({ id, party, code }) =>
    String(code).startsWith(prefix)
      ? [{ id: Number(id), party: Number(party), contactId: String(code).slice(prefix.length) }]
      : [],
  );
}

/** All in one call and so in one transaction; repeated, an identifier that is there is not made again. */
async function writeIdentifiers(rpc: TrytonRpc, writes: IdWrite[], prefix: string): Promise<void> {
  const present = await readIdentifiers(
    rpc,
    writes.map(({ recordId }) => numberOf(recordId)),
    prefix,
  );
  const params = writes.flatMap(({ recordId, contactId }): Json[] => {
    const party = numberOf(recordId);
    const own = present.filter((one) => one.party === party);
    const actions = contactId === null ? cleared(own) : added(own, contactId, prefix);
    return actions.length > 0 ? [[party], { identifiers: actions }] : [];
  });
  if (params.length === 0) return;
  await rpc.call({ method: 'model.party.party.write', params: [...params, {}], repeatable: false });
}

const cleared = (own: Identifier[]): Json[] => (own.length > 0 ? [['delete', own.map(({ id }) => id)]] : []);

const added = (own: Identifier[], contactId: string, prefix: string): Json[] =>
  own.some((one) => one.contactId === contactId) ? [] : [['create', [{ code: prefix + contactId }]]];
