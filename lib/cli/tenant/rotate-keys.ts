import { type IntakeSettings, readJson } from '../../config.ts';
import { isInForce, newKeys, pairId } from '../../dustess/envelope-keys.ts';
import { asObject, type Json } from '../../json.ts';
import { localTime } from '../../local-time.ts';
import { readDoor } from '../examine-door.ts';
import { Refused, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { spelled } from '../link/same-options.ts';
import type { Parameter } from './parameter-store.ts';
import { isWritten } from './put-tenant.ts';
import { differenceLine, differences, factsOf } from './settings-difference.ts';
import { pairLine, pairsOf } from './show-tenant.ts';
import { noSuchTenant, type Place, placeOf, type TenantOptions } from './tenant-options.ts';

type Keys = IntakeSettings['keys'];

const HOUR_MS = 3_600_000;
const UNITS: Record<string, number> = { h: HOUR_MS, d: 24 * HOUR_MS };
/** So long a pair must have gone unused before it may be removed ahead of its time: its uses are known by the hour. */
const UNUSED_MS = 2 * HOUR_MS;

/** A door parameter that is there. */
interface Door extends Place {
  before: Parameter;
  keys: Keys;
}

/** A new key pair beside the old one, which gets an end; or with `--finish` that end now. @throws UsageError, ConfigError, Refused */
export async function rotateKeys(name: string | undefined, options: TenantOptions, io: Io): Promise<void> {
  const place = await placeOf(name, options, io);
  const before = await place.store.read(place.nameOf('door'));
  if (!before) throw noSuchTenant(place);
  const door = { ...place, before, keys: readDoor(before.text).keys };
  return options.finish ? finish(door, options, io) : begin(door, options, io);
}

async function begin(door: Door, options: TenantOptions, io: Io): Promise<void> {
  const until = new Date(io.now() + keepMs(options.keep)).toISOString();
  const accepted = door.keys.filter((pair) => isInForce(pair, io.now()));
  const ending = accepted.find((pair) => pair.until !== undefined);
  if (ending)
    throw new UsageError(
      `a pair is on its way out already, ${pairId(ending)}: wait for its end, or say --finish first`,
    );
  const fresh = newKeys(io.randomBytes);
  if (!(await isReplaced(door, [fresh, ...accepted.map((pair) => ({ ...pair, until }))], options, io))) return;
  if (options.json) return io.out(JSON.stringify({ tenant: door.tenant, pair: pairId(fresh), until, ...fresh }));
  io.out(`Token           ${fresh.token}\nEncodingAESKey  ${fresh.encodingAesKey}`);
  io.err(`The old pair is accepted until ${localTime(Date.parse(until))}.`);
  io.err(nextSteps(door, options));
}

/** With commands to be copied. */
const nextSteps = (
  { tenant }: Door,
  { profile, prefix }: TenantOptions,
) => `1. Wait five minutes: then every function knows the new pair.
2. In 尘锋 (PC 管理后台 → 推送数据地址, 回调配置), paste Token and EncodingAESKey, and save.
3. See when the old pair was last used: npx merge-sync tenant show ${tenant}${spelled({ profile, prefix })}
4. Unused for two hours, it can go before its time: npx merge-sync tenant rotate ${tenant} --finish${spelled({ profile, prefix })}`;

/** @throws UsageError */
function keepMs(keep: string): number {
  const [, count = '', unit = ''] = /^(\d{1,4})([hd])$/.exec(keep) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? 0);
  if (ms === 0) throw new UsageError('--keep takes hours or days, such as 12h or 7d');
  return ms;
}

async function finish(door: Door, options: TenantOptions, io: Io): Promise<void> {
  const pairs = (await pairsOf(door, door.before.text, options, io)).filter(({ until }) => until !== null);
  if (pairs.length === 0) throw new UsageError('no pair has an end: merge-sync tenant rotate begins with a new one');
  if (!options.json) for (const pair of pairs) io.say(pairLine(pair));
  const lately = pairs.find(({ isInForce: isAccepted, lastUsed }) => isAccepted && isLate(lastUsed, io));
  if (lately && !options.force)
    throw new Refused(
      `callbacks came under the old pair ${lately.pair} within the last two hours: 尘锋 may still use it, and they would be refused; say --force to remove it all the same`,
    );
  const isGone = await isReplaced(
    door,
    door.keys.filter(({ until }) => until === undefined),
    options,
    io,
  );
  if (options.json) io.out(JSON.stringify({ tenant: door.tenant, removed: isGone ? pairs : [] }));
}

/** The hour that is noted has an end of its own. */
const isLate = (lastUsed: string | null, { now }: Io) =>
  lastUsed !== null && now() - (Date.parse(lastUsed) + HOUR_MS) < UNUSED_MS;

async function isReplaced(door: Door, keys: Keys, options: TenantOptions, io: Io): Promise<boolean> {
  const old = readJson('door settings', door.before.text) as Json;
  const settings = { ...asObject(old), keys: keys.map((pair) => ({ ...pair })) } as Json;
  if (!options.json)
    for (const change of differences(factsOf('door', old), factsOf('door', settings))) io.out(differenceLine(change));
  const text = JSON.stringify(settings, null, 2);
  return isWritten({ place: door, updates: [{ kind: 'door', before: door.before, text }], options }, io);
}
