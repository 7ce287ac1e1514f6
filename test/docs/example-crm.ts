import {
  type CrmCall,
  CrmError,
  type CrmFailure,
  type CrmResponse,
  createCrmClient,
  type Fetch,
  isPage,
  type Now,
  type RecordCrm,
  type RecordLocation,
  type RecordWrite,
  retryAfter,
  v,
} from 'dustess-merge-sync/adapter';

export interface AcmeOptions {
  /** `https://people.acme.example` */
  baseUrl: string;
  token: string;
  fetch: Fetch;
  now: Now;
  /** For one call. */
  timeoutMs: number;
}

const Person = v.object({ id: v.string() });
const People = v.object({
  people: v.array(
    v.object({ id: v.string(), externalId: v.nullable(v.string()), fields: v.record(v.string(), v.any()) }),
  ),
});

/** People of Acme CRM, known by `externalId`; merged in pairs, blanks are filled, old ids lead to the survivor. */
export function createAcmeCrm(options: AcmeOptions): RecordCrm {
  const ask = createAsk(options);
  return {
    style: 'record',
    name: 'acme',
    rules: { losersPerMerge: 1, mergeSetsValues: false, fillsBlanks: true },

    async find(contactIds, properties) {
      if (contactIds.length === 0) return [];
      const call = { method: 'POST' as const, path: '/v1/people/lookup', label: '/v1/people/lookup', repeatable: true };
      const { people } = await ask(call, People, { externalIds: contactIds, fields: properties });
      return people.map(({ id, externalId, fields }) => {
        const contactId = externalId ?? undefined;
        return { asked: contactId ?? '', record: { recordId: id, contactId, values: fields } };
      });
    },

    async locate(recordIds) {
      const places = new Map<string, RecordLocation>();
      for (const id of recordIds) places.set(id, await locate(id));
      return places;
    },

    async merge({ survivor, losers: [loser, ...more] }) {
      if (loser === undefined || more.length > 0 || loser === survivor)
        throw new CrmError('permanent', 'acme: a merge takes one loser, and not the survivor itself', { code: 'pair' });
      const { id } = await ask({ method: 'POST', ...person(survivor, '/absorb') }, Person, { loser });
      return { survivor: id };
    },

    async update(recordId, write) {
      await ask({ method: 'PATCH', ...person(recordId) }, Person, bodyOf(write));
    },

    async create(write) {
      const made = await ask({ method: 'POST', path: '/v1/people', label: '/v1/people' }, Person, bodyOf(write));
      return { recordId: made.id };
    },
  };

  async function locate(recordId: string): Promise<RecordLocation> {
    try {
      return { recordId: (await ask({ method: 'GET', ...person(recordId), repeatable: true }, Person)).id };
    } catch (error) {
      if (error instanceof CrmError && error.code === 'no-such-person') return 'gone';
      throw error;
    }
  }
}

const person = (recordId: string, below = '') => ({
  path: `/v1/people/${encodeURIComponent(recordId)}${below}`,
  label: `/v1/people/ID${below}`,
});

const bodyOf = ({ contactId, values }: RecordWrite) => ({
  ...(contactId !== undefined && { externalId: contactId }),
  fields: values,
});

function createAsk({ token, now, ...options }: AcmeOptions) {
  const client = createCrmClient({ ...options, vendor: 'acme' });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return async <T extends v.GenericSchema>(call: CrmCall, schema: T, body?: unknown): Promise<v.InferOutput<T>> => {
    const response = await client({ ...call, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const answer = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), response.text);
    if (response.status < 300 && answer.success) return answer.output;
    throw failure(call, response, now);
  };
}

/** What an answer that is no success means. What a 5xx, an unreadable 200 or a proxy's page did is not known. */
function failure({ method, label, repeatable }: CrmCall, response: CrmResponse, now: Now): CrmError {
  const { status, headers, text } = response;
  const unknown: CrmFailure = repeatable ? 'retry-soon' : 'ambiguous';
  const kinds: { [status: number]: CrmFailure } = { 401: 'auth', 403: 'auth', 408: unknown, 429: 'retry-soon' };
  const refused = status >= 400 && status < 500 && !isPage(response);
  const kind = kinds[status] ?? (refused ? 'permanent' : unknown);
  const retryAt = status === 429 ? retryAfter(headers, now) : undefined;
  const code = /"code":"([a-z-]{1,40})"/.exec(text)?.[1] ?? `http-${status}`;
  return new CrmError(retryAt ? 'retry-after' : kind, `acme: ${method} ${label} answered ${status}`, { code, retryAt });
}
