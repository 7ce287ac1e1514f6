import { pairId } from '../../dustess/envelope-keys.ts';
import { isJsonObject, type Json, stringOrEmpty } from '../../json.ts';

/** What may be seen by an operator: of all else only that it is there, and that it changes. */
const SHOWN =
  /^(door\.(receiveIds|accounts|maxAgeSeconds|omitFields|contactEvents|plainText\.sources)|crm\.crm\.(kind|idProperty|idField)|crm\.(policy|mapping)\..+)$/;
const HIDDEN = '***';

/** Settings as `path → what may be seen of it`; of a key pair its id stands for it. */
export type Facts = Map<string, { seen: string; text: string }>;

/** @param kind `door` or `crm`. */
export function factsOf(kind: string, settings: Json | undefined): Facts {
  const facts: Facts = new Map();
  if (settings !== undefined) collect(kind, settings, facts);
  return facts;
}

function collect(path: string, value: Json, facts: Facts): void {
  if (path === 'door.keys' && Array.isArray(value)) return collectPairs(value, facts);
  if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) collect(`${path}.${name}`, member, facts);
    return;
  }
  const text = JSON.stringify(value);
  facts.set(path, { seen: SHOWN.test(path) ? text : HIDDEN, text });
}

function collectPairs(pairs: Json[], facts: Facts): void {
  for (const pair of pairs.filter(isJsonObject)) {
    const { token, encodingAesKey, until } = pair;
    const id = pairId({ token: stringOrEmpty(token), encodingAesKey: stringOrEmpty(encodingAesKey) });
    const seen = until === undefined ? 'until=never' : `until=${stringOrEmpty(until)}`;
    facts.set(`door.keys.${id}`, { seen, text: seen });
  }
}

export interface Difference {
  path: string;
  /** What may be seen of it; left out where it was not there. */
  before?: string;
  after?: string;
}

/** By path; what is the same is left out. */
export function differences(before: Facts, after: Facts): Difference[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const [old, young] = [before.get(path), after.get(path)];
    if (old?.text === young?.text) return [];
    return [{ path, ...(old && { before: old.seen }), ...(young && { after: young.seen }) }];
  });
}

/** A line for each, as a person reads it. */
export function differenceLine({ path, before, after }: Difference): string {
  if (before === undefined) return `+ ${path}  ${after}`;
  if (after === undefined) return `- ${path}  ${before}`;
  return before === after ? `~ ${path}  ${after}` : `~ ${path}  ${before} → ${after}`;
}
