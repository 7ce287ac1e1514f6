import { readJson } from '../../config.ts';
import { isInForce, pairId } from '../../dustess/envelope-keys.ts';
import type { Json } from '../../json.ts';
import type { KeyUses } from '../../ledger/key-uses.ts';
import { localTime } from '../../local-time.ts';
import { readDoor } from '../examine-door.ts';
import type { Io } from '../io.ts';
import { openService } from '../service-options.ts';
import { isInList } from './names-in-list.ts';
import { factsOf } from './settings-difference.ts';
import { KINDS, NOT_LISTED, noSuchTenant, type Place, placeOf, type TenantOptions } from './tenant-options.ts';

/** What may be seen of a tenant's settings, and when an old key pair was last used. @throws Refused, UsageError, ConfigError */
export async function showTenant(name: string | undefined, options: TenantOptions, io: Io): Promise<void> {
  const place = await placeOf(name, options, io);
  const texts = await Promise.all(
    KINDS.map(async (kind) => [kind, (await place.store.read(place.nameOf(kind)))?.text] as const),
  );
  const found = texts.flatMap(([kind, text]) => (text === undefined ? [] : [[kind, text] as const]));
  if (found.length === 0) throw noSuchTenant(place);
  const facts = found.flatMap(([kind, text]) => [...factsOf(kind, readJson(place.nameOf(kind), text) as Json)]);
  const door = found.find(([kind]) => kind === 'door')?.[1];
  const pairs = door === undefined ? [] : await pairsOf(place, door, options, io);
  const isListed = await isInList(place.store, place.prefix, place.tenant);
  const settings = Object.fromEntries(facts.map(([path, { seen }]) => [path, seen]));
  if (options.json) return io.out(JSON.stringify({ tenant: place.tenant, listed: isListed, pairs, settings }));
  for (const [path, seen] of Object.entries(settings)) if (!path.startsWith('door.keys.')) io.out(`${path}  ${seen}`);
  for (const pair of pairs) io.say(pairLine(pair));
  if (!isListed) io.err(NOT_LISTED);
}

export interface Pair {
  pair: string;
  until: string | null;
  isInForce: boolean;
  /** The beginning of the last hour in which a callback came under it; noted only for a pair that has an end. */
  lastUsed: string | null;
}

/** The key pairs of a tenant's door settings, without their secrets. @throws Refused, ConfigError */
export async function pairsOf(place: Place, door: string, options: TenantOptions, io: Io): Promise<Pair[]> {
  const { keys } = readDoor(door);
  const isEnding = keys.some(({ until }) => until !== undefined);
  const uses = isEnding ? (await openService({ ...options, tenant: place.tenant }, io)).ledger.keyUses : undefined;
  return Promise.all(
    keys.map(async (key) => ({
      pair: pairId(key),
      until: key.until ?? null,
      isInForce: isInForce(key, io.now()),
      lastUsed: key.until === undefined ? null : await lastUse(uses, pairId(key)),
    })),
  );
}

async function lastUse(uses: KeyUses | undefined, pair: string): Promise<string | null> {
  const at = await uses?.last(pair);
  return at === undefined ? null : new Date(at).toISOString();
}

/** A pair as a person reads of it. */
export function pairLine({ pair, until, isInForce: isAccepted, lastUsed }: Pair): string {
  if (until === null) return `key pair ${pair}: in force`;
  const end = localTime(Date.parse(until));
  const state = isAccepted ? `key pair ${pair}: accepted until ${end}` : `key pair ${pair}: refused since ${end}`;
  return lastUsed === null
    ? `${state}; no callback has come under it since it got an end`
    : `${state}; last used in the hour from ${localTime(Date.parse(lastUsed))} on`;
}
