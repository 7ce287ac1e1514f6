import { isJsonObject, type Json, type JsonObject } from 'dustess-merge-sync/adapter';

export interface CarefulPerson {
  id: string;
  ref: string | null;
  fields: JsonObject;
}

export type CarefulServer = ReturnType<typeof createCarefulServer>;

const LONGEST = 5_000;

/**
 * An imaginary CRM without a merge of its own, and lenient as many are: it takes `ADA` for `ada` when it looks people up,
 * and drops properties that it does not know without a word.
 */
export function createCarefulServer(known: readonly string[]) {
  const people = new Map<string, CarefulPerson>();
  /** Whose they are. */
  const orders = new Map<string, string>();
  const state = { next: 1, deletions: 0, refusesDeletion: false };

  const kept = (fields: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => known.includes(name)));

  function add(ref: string | null, fields: JsonObject): CarefulPerson {
    const person = { id: `p${state.next++}`, ref, fields: kept(fields) };
    people.set(person.id, person);
    return person;
  }

  function search(query: URLSearchParams): Json {
    const ref = query.get('ref');
    const merged = query.get('merged_from');
    const fits = (one: CarefulPerson) =>
      ref !== null
        ? lenient(one.ref ?? '') === lenient(ref)
        : String(one.fields.merged_from ?? '').includes(merged ?? '');
    return { people: [...people.values()].filter(fits).map(shown) };
  }

  function change(person: CarefulPerson, { ref, fields }: JsonObject): Response {
    const values = isJsonObject(fields) ? fields : {};
    if (Object.values(values).some((value) => typeof value === 'string' && value.length > LONGEST))
      return refusal(422, 'too-long');
    if (typeof ref === 'string') person.ref = ref;
    Object.assign(person.fields, kept(values));
    return Response.json(shown(person));
  }

  function remove(person: CarefulPerson): Response {
    if (state.refusesDeletion) {
      state.refusesDeletion = false;
      return new Response('', { status: 503 });
    }
    people.delete(person.id);
    for (const [order, owner] of orders) if (owner === person.id) orders.delete(order); // They go with their person.
    state.deletions += 1;
    return Response.json({});
  }

  function respond(url: string, { method = 'GET', body }: RequestInit): Response {
    const { pathname, searchParams } = new URL(url);
    const [, kind, id = '', below] = pathname.split('/').map(decodeURIComponent);
    const sent = JSON.parse(String(body ?? '{}')) as JsonObject;
    if (kind === 'orders') return Response.json({ done: Boolean(orders.set(id, String(sent.person))) });
    if (id === '' && method === 'GET') return Response.json(search(searchParams));
    if (id === '') return change(add((sent.ref as string | null) ?? null, {}), sent);
    const person = people.get(id);
    if (!person) return refusal(404, 'no-such-person');
    if (below === 'orders') return Response.json({ orders: ordersOf(id).map((order) => ({ id: order })) });
    if (method === 'PATCH') return change(person, sent);
    return method === 'DELETE' ? remove(person) : Response.json(shown(person));
  }

  const ordersOf = (id: string) => [...orders].filter(([, owner]) => owner === id).map(([order]) => order);

  return { people, orders, state, add, respond, ordersOf };
}

/** As a database with a lenient collation compares. */
const lenient = (text: string) => text.normalize('NFKC').trim().toLowerCase();
const shown = (person: CarefulPerson): JsonObject => structuredClone({ ...person });
const refusal = (status: number, code: string) => Response.json({ code }, { status });
