import type { Json, JsonObject } from 'dustess-merge-sync/adapter';

export interface AcmePerson {
  id: string;
  externalId: string | null;
  fields: JsonObject;
}

/** The imaginary CRM of docs/adapter.md: people, an API to find, merge and write them, and a way in for tests. */
export interface AcmeServer {
  people: Map<string, AcmePerson>;
  /** Where a merged-away person went. */
  moved: Map<string, string>;
  add(externalId: string | null, fields: JsonObject): AcmePerson;
  respond(url: string, init: RequestInit): Response;
}

class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export function createAcmeServer(token: string): AcmeServer {
  const people: AcmeServer['people'] = new Map();
  const moved: AcmeServer['moved'] = new Map();
  let next = 1000;

  const living = (id: string): AcmePerson => people.get(id) ?? refuse(404, 'no-such-person');
  const holderOf = (externalId: Json | undefined) => [...people.values()].find((one) => one.externalId === externalId);

  function add(externalId: string | null, fields: JsonObject): AcmePerson {
    if (externalId !== null && holderOf(externalId)) return refuse(409, 'external-id-taken');
    const person = { id: String(next++), externalId, fields: { ...fields } };
    people.set(person.id, person);
    return person;
  }

  function absorb(survivor: AcmePerson, loser: AcmePerson): AcmePerson {
    if (survivor === loser) return refuse(409, 'same-person');
    for (const [name, value] of Object.entries(loser.fields))
      if (isBlank(survivor.fields[name])) survivor.fields[name] = value;
    people.delete(loser.id);
    moved.set(loser.id, survivor.id);
    return survivor;
  }

  function write(person: AcmePerson, { externalId, fields }: JsonObject): AcmePerson {
    const holder = externalId === undefined ? undefined : holderOf(externalId);
    if (holder && holder !== person) return refuse(409, 'external-id-taken');
    if (typeof externalId === 'string') person.externalId = externalId;
    Object.assign(person.fields, fields);
    return person;
  }

  function answer(method: string, path: string[], body: JsonObject): Json {
    const [, id = '', verb] = path;
    if (method === 'POST' && id === 'lookup') return lookup(body);
    if (method === 'POST' && path.length === 1) return shown(add(body.externalId as string, body.fields as JsonObject));
    if (method === 'POST' && verb === 'absorb') return shown(absorb(living(id), living(String(body.loser))));
    if (method === 'PATCH') return shown(write(living(id), body));
    if (method === 'GET') return shown(living(follow(moved, id)));
    return refuse(404, 'no-such-page');
  }

  const lookup = ({ externalIds }: JsonObject): Json => ({
    people: (externalIds as Json[]).flatMap((one) => holderOf(one) ?? []).map(shown),
  });

  const server: AcmeServer = {
    people,
    moved,
    add,
    respond(url, { method = 'GET', headers, body }) {
      if (new Headers(headers).get('authorization') !== `Bearer ${token}`) return refusal(401, 'who-are-you');
      const path = new URL(url).pathname.split('/').slice(2).map(decodeURIComponent);
      try {
        return Response.json(answer(method, path, JSON.parse(String(body ?? '{}'))));
      } catch (error) {
        if (error instanceof Refused) return refusal(error.status, error.code);
        throw error;
      }
    },
  };
  return server;
}

function follow(moved: Map<string, string>, id: string): string {
  const next = moved.get(id);
  return next === undefined ? id : follow(moved, next);
}

const shown = (person: AcmePerson): JsonObject => structuredClone({ ...person });
const isBlank = (value: Json | undefined) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

function refuse(status: number, code: string): never {
  throw new Refused(status, code);
}

const refusal = (status: number, code: string) => Response.json({ code }, { status });
