import {
  type CrmCall,
  CrmError,
  createCrmClient,
  type Fetch,
  isBlank,
  isPage,
  type Json,
  type RecordCrm,
  type RecordLocation,
  type RecordWrite,
  v,
} from 'dustess-merge-sync/adapter';

export interface CarefulOptions {
  baseUrl: string;
  fetch: Fetch;
  /** For one call. */
  timeoutMs: number;
}

const Person = v.object({ id: v.string(), ref: v.nullable(v.string()), fields: v.record(v.string(), v.any()) });
const Found = v.object({ people: v.array(Person) });
const Orders = v.object({ orders: v.array(v.object({ id: v.string() })) });
const Empty = v.object({});

/** Collects the record ids that a record has absorbed, `;` behind each: what was deleted tells nothing any more. */
const TRAIL = 'merged_from';

/** A CRM without a merge: the survivor gets all that it is to have, then the loser is deleted. Each step may be repeated. */
export function createCarefulCrm(options: CarefulOptions): RecordCrm {
  const ask = createAsk(options);
  const read = <T extends v.GenericSchema>(path: string, label: string, schema: T) =>
    ask({ method: 'GET', path, label, repeatable: true }, schema);
  const change = <T extends v.GenericSchema>(
    call: Pick<CrmCall, 'method' | 'path' | 'label'>,
    schema: T,
    body?: Json,
  ) => ask({ ...call, ...(body !== undefined && { body: JSON.stringify(body) }) }, schema);
  const search = async (name: string, value: string) =>
    (await read(`/people?${name}=${encodeURIComponent(value)}`, `/people?${name}`, Found)).people;

  /** The CRM drops what it does not know, without a word: what it stored has to be what was sent. */
  async function write(id: string, { contactId, values }: RecordWrite): Promise<void> {
    const body = { ...(contactId !== undefined && { ref: contactId }), fields: values };
    const stored = await change({ method: 'PATCH', ...person(id) }, Person, body);
    const lost = Object.keys(values).find((name) => !isSame(stored.fields[name], values[name]));
    if (lost !== undefined) throw refusal(`did not store a property`, `not-stored.${lost}`);
  }

  /** @returns undefined for a record that is not there. */
  const personOf = (id: string) =>
    read(person(id).path, person(id).label, Person).catch((error: unknown) => {
      if (error instanceof CrmError && error.code === 'no-such-person') return undefined;
      throw error;
    });

  async function locate(id: string): Promise<RecordLocation> {
    if (await personOf(id)) return { recordId: id };
    const heirs = (await search(TRAIL, id)).filter(({ fields }) => idsIn(fields[TRAIL]).includes(id));
    if (heirs.length > 1) throw refusal('has two records for one that was merged', 'two-heirs');
    return heirs[0] ? { recordId: heirs[0].id } : 'gone';
  }

  return {
    style: 'record',
    name: 'careful',
    rules: { losersPerMerge: 1, mergeSetsValues: false, fillsBlanks: true },

    async find(contactIds) {
      const found = [];
      for (const asked of new Set(contactIds)) {
        // The CRM takes ADA for ada; they are two people.
        const people = (await search('ref', asked)).filter(({ ref }) => ref === asked);
        found.push(
          ...people.map(({ id, fields }) => ({ asked, record: { recordId: id, contactId: asked, values: fields } })),
        );
      }
      return found;
    },

    async locate(recordIds) {
      const places = new Map<string, RecordLocation>();
      for (const id of recordIds) places.set(id, await locate(id));
      return places;
    },

    async merge({ survivor, losers: [loser, ...more], properties = [] }) {
      if (loser === undefined || more.length > 0 || loser === survivor)
        throw refusal('takes one loser, and not the survivor itself', 'pair');
      const [into, from] = [await personOf(survivor), await personOf(loser)];
      if (!into || !from) throw refusal('has no such person', 'no-such-person');
      // 1. Copy what the survivor lacks, and whom it absorbs.
      const trail = [...new Set([...idsIn(into.fields[TRAIL]), ...idsIn(from.fields[TRAIL]), loser])];
      const lacking = properties.filter((name) => isBlank(into.fields[name]) && !isBlank(from.fields[name]));
      const copied = Object.fromEntries(lacking.map((name) => [name, from.fields[name]]));
      await write(survivor, { values: { ...copied, [TRAIL]: trail.map((id) => `${id};`).join('') } });
      // 2. Move what belongs to the loser.
      const { orders } = await read(`${person(loser).path}/orders`, '/people/ID/orders', Orders);
      for (const { id } of orders)
        await change({ method: 'PATCH', path: `/orders/${id}`, label: '/orders/ID' }, Empty, { person: survivor });
      // 3. Delete it, last.
      await change({ method: 'DELETE', ...person(loser) }, Empty);
      return { survivor };
    },

    update: write,

    async create({ contactId = null, values }) {
      const made = await change({ method: 'POST', path: '/people', label: '/people' }, Person, {
        ref: contactId,
        fields: values,
      });
      return { recordId: made.id };
    },
  };
}

const person = (id: string) => ({ path: `/people/${encodeURIComponent(id)}`, label: '/people/ID' });
const idsIn = (trail: unknown): string[] => (typeof trail === 'string' ? trail.split(';').filter(Boolean) : []);
const isSame = (one: Json | undefined, other: Json | undefined) =>
  isBlank(one) ? isBlank(other) : JSON.stringify(one) === JSON.stringify(other);
const refusal = (what: string, code: string) => new CrmError('permanent', `careful: the CRM ${what}`, { code });

function createAsk(options: CarefulOptions) {
  const client = createCrmClient({ ...options, vendor: 'careful' });
  const headers = { 'content-type': 'application/json' };
  return async <T extends v.GenericSchema>(call: CrmCall, schema: T): Promise<v.InferOutput<T>> => {
    const response = await client({ ...call, headers });
    const answer = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), response.text);
    if (response.status < 300 && answer.success) return answer.output;
    const { status } = response;
    const refused = status >= 400 && status < 500 && status !== 408 && !isPage(response);
    const kind = status === 429 ? 'retry-soon' : status === 401 ? 'auth' : refused ? 'permanent' : undefined;
    const code = /"code":"([a-z-]{1,40})"/.exec(response.text)?.[1] ?? `http-${status}`;
    const unknown = call.repeatable ? 'retry-soon' : 'ambiguous';
    throw new CrmError(kind ?? unknown, `careful: ${call.method} ${call.label} answered ${status}`, { code });
  };
}
