import { asObject, isBlank, type Json, type JsonObject, objectIn, objectsIn } from '../../lib/json.ts';
import contract from './contracts/pipedrive-persons-33.7.models.json';
import { alike } from './dynamics/org.ts';
import { violations as modelViolations } from './hubspot-models.ts';
import { listenOn } from './listen-on.ts';

export const TOKEN = 'token-of-tests';
/** Fields of the account in the tests, as their API keys. */
export const FIELD = Object.fromEntries(
  ['contactId', 'merged', 'text', 'note', 'colours', 'number'].map((name, index) => [
    name,
    String(index + 1).repeat(40),
  ]),
) as Record<'contactId' | 'merged' | 'text' | 'note' | 'colours' | 'number', string>;
const OPTIONS = [1, 2, 3];

export interface PipedrivePerson {
  id: number;
  own: JsonObject;
  custom: Map<string, Json>;
}

/**
 * An account of Pipedrive, in memory. Requests and answers are held to the models of Pipedrive's OpenAPI, as npm
 * `pipedrive` has them: what does not fit stands in `violations`.
 * @param more keys of further fields.
 */
export function createPipedriveLookalike(more: string[] = []) {
  const keys = [...Object.values(FIELD), ...more];
  const persons = new Map<number, PipedrivePerson>();
  const filters = new Map<number, JsonObject>();
  const violations: string[] = [];
  const requests: string[] = [];
  let made = 0;
  let absorbed = 0;

  const hold = (model: string, value: unknown) =>
    void violations.push(...modelViolations(model, value, model, contract.models));
  const person = (id: number): PipedrivePerson => {
    const found = persons.get(id);
    if (!found) throw new Answer(404, { success: false, error: 'Person not found', code: 'ERR_NOT_FOUND' });
    return found;
  };
  const answerOf = ({ id, own, custom }: PipedrivePerson): JsonObject => {
    const fields = keys.map((key) => [key, custom.get(key) ?? null]);
    const answer = { ...own, id, is_deleted: false, custom_fields: Object.fromEntries(fields) as JsonObject };
    hold('Person', answer);
    return answer;
  };
  const write = (target: PipedrivePerson, { custom_fields: custom, ...own }: JsonObject) => {
    for (const [key, value] of Object.entries(asObject(custom))) check(keys, key, value);
    Object.assign(target.own, own);
    for (const [key, value] of Object.entries(asObject(custom)))
      if (value === null) target.custom.delete(key);
      else target.custom.set(key, value);
  };

  function insert(body: JsonObject): PipedrivePerson {
    const one = { id: ++made, own: {}, custom: new Map<string, Json>() };
    write(one, body);
    persons.set(one.id, one);
    return one;
  }

  /** https://developers.pipedrive.com/tutorials/merging-two-persons-via-pipedrive-api: the person in the path goes. */
  function merge(goneId: number, body: JsonObject): JsonObject {
    hold('MergePersonsRequest', body);
    const [gone, kept] = [person(goneId), person(Number(body.merge_with_id))];
    if (gone === kept) throw new Answer(400, { success: false, error: 'Cannot merge with itself', code: 'ERR_SAME' });
    for (const [name, value] of Object.entries(gone.own)) if (isBlank(kept.own[name])) kept.own[name] = value;
    for (const [key, value] of gone.custom) if (isBlank(kept.custom.get(key))) kept.custom.set(key, value);
    persons.delete(goneId);
    absorbed += 1;
    return { id: kept.id };
  }

  function list(query: URLSearchParams): JsonObject {
    const ids = query.get('ids')?.split(',').map(Number);
    const filter = filters.get(Number(query.get('filter_id')));
    const after = Number(query.get('cursor') ?? 0);
    const found = [...persons.values()].filter(({ id, custom }) => {
      if (id <= after) return false;
      return ids
        ? ids.includes(id)
        : filter !== undefined &&
            conditionsOf(filter).some(
              (value) => alike(custom.get(FIELD.contactId)) === alike(value) && alike(value) !== '',
            );
    });
    const page = found.slice(0, 10);
    const cursor = found.length > page.length ? String(page.at(-1)?.id) : null;
    return { success: true, data: page.map(answerOf), additional_data: { next_cursor: cursor } };
  }

  function addFilter(body: JsonObject): JsonObject {
    hold('AddFilterRequest', body);
    if (conditionsOf(body).length > 16)
      throw new Answer(400, { success: false, error: 'Too many conditions', code: 'ERR_CONDITIONS' });
    const id = filters.size + 1;
    filters.set(id, body);
    return { id };
  }

  function serve(method: string, url: URL, body: JsonObject): JsonObject {
    const [, version, set, id, verb] = /^\/api\/(v\d)\/(\w+)(?:\/(\d+))?(?:\/(\w+))?$/.exec(url.pathname) ?? [];
    const call = `${method} ${version} ${set}${id ? '/ID' : ''}${verb ? `/${verb}` : ''}`;
    const data = (value: Json) => ({ success: true, data: value });
    if (call === 'GET v2 persons') return list(url.searchParams);
    if (call === 'GET v1 personFields')
      return data(keys.map((key, index) => ({ id: 9_000 + index, key, field_type: 'varchar' })));
    if (call === 'POST v1 filters') return data(addFilter(body));
    if (call === 'DELETE v1 filters/ID') return data({ id: filters.delete(Number(id)) ? Number(id) : 0 });
    if (call === 'PUT v1 persons/ID/merge') return data(merge(Number(id), body));
    if (call === 'POST v2 persons') {
      hold('AddPersonRequest', body);
      return data(answerOf(insert(body)));
    }
    if (call === 'PATCH v2 persons/ID') {
      hold('UpdatePersonRequest', body);
      write(person(Number(id)), body);
      return data(answerOf(person(Number(id))));
    }
    throw new Answer(404, { success: false, error: `no route ${call}`, code: 'ERR_NO_ROUTE' });
  }

  function respond(href: string, init: RequestInit): Response {
    const url = new URL(href);
    const method = init.method ?? 'GET';
    requests.push(`${method} ${url.pathname}`);
    if (new Headers(init.headers).get('x-api-token') !== TOKEN)
      return json(401, { success: false, error: 'unauthorized access', errorCode: 401 });
    try {
      return json(method === 'POST' ? 201 : 200, serve(method, url, objectIn(String(init.body ?? ''))));
    } catch (error) {
      if (!(error instanceof Answer)) throw error;
      return json(error.status, error.body);
    }
  }

  return {
    persons,
    filters,
    violations,
    requests,
    absorbed: () => absorbed,
    seed: (contactId: string, custom: JsonObject = {}) =>
      String(insert({ name: 'P', custom_fields: { ...custom, [FIELD.contactId]: contactId } }).id),
    respond,
    listen: () => listenOn(respond),
    fetch: async (url: string, init: RequestInit) => respond(url, init),
  };
}

export type PipedriveLookalike = ReturnType<typeof createPipedriveLookalike>;

class Answer extends Error {
  readonly status: number;
  readonly body: JsonObject;
  constructor(status: number, body: JsonObject) {
    super('answered');
    this.status = status;
    this.body = body;
  }
}

function check(keys: string[], key: string, value: Json): void {
  const refuse = (what: string) =>
    new Answer(400, { success: false, error: what, code: 'ERR_SCHEMA_VALIDATION_FAILED' });
  if (!keys.includes(key)) throw refuse('unknown field');
  if (Array.isArray(value) && (value.length === 0 || !value.every((one) => OPTIONS.includes(Number(one)))))
    throw refuse('no such option');
  if (key === FIELD.number && value !== null && typeof value !== 'number') throw refuse('not a number');
}

/** The values that a filter asks for, in the group glued with "or". */
const conditionsOf = (filter: JsonObject): string[] =>
  objectsIn(asObject(filter.conditions).conditions)
    .filter(({ glue }) => glue === 'or')
    .flatMap(({ conditions }) => objectsIn(conditions).map(({ value }) => String(value)));

const json = (status: number, body: JsonObject) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
