import { readJson } from '../../config.ts';
import { createTenantCrm } from '../../crm/registry.ts';
import { ConfigError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import type { Documents } from '../../ports.ts';
import { examineDoor, readDoor } from '../examine-door.ts';
import { Refused, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { spelled } from '../link/same-options.ts';
import { partsOf } from '../link/tenant-settings.ts';
import { readInput } from '../read-input.ts';
import { isConfirmed } from './confirm.ts';
import { isInList, writeList } from './names-in-list.ts';
import type { Parameter } from './parameter-store.ts';
import { type Difference, differenceLine, differences, factsOf } from './settings-difference.ts';
import { KINDS, type Kind, type Place, placeOf, type TenantOptions } from './tenant-options.ts';

/** A parameter as it is and as it is to be. */
export interface Update {
  kind: Kind;
  before: Parameter | undefined;
  text: string;
}

const MAX_BYTES = 8_192; // What an advanced parameter holds.

/**
 * Checks settings as the functions do, shows what would change, asks, writes, and puts the name into the list. CRM settings
 * come first, so that no callback is accepted for a tenant without a CRM. @throws UsageError, ConfigError, Refused
 */
export async function putTenant(name: string | undefined, options: TenantOptions, io: Io): Promise<void> {
  const place = await placeOf(name, options, io);
  const updates: Update[] = [];
  for (const kind of KINDS) {
    const file = options[kind];
    if (file === undefined) continue;
    const text = await readInput(file, io);
    await check(kind, text, place.tenant, io);
    updates.push({ kind, text, before: await place.store.read(place.nameOf(kind)) });
  }
  if (updates.length === 0) throw new UsageError('say what to write: --door door.json, --crm crm.json, or both');
  const changes = updates.flatMap(changesOf);
  if (!options.json) showChanges(changes, io);
  const isWanted = changes.length > 0 && (await isWritten({ place, updates, options }, io));
  const isListed = !options.dryRun && (isWanted || changes.length === 0) && (await list(place, updates));
  if (isWanted || isListed) io.err(inForce(place, options));
  if (options.json) io.out(JSON.stringify({ tenant: place.tenant, changes, written: isWanted }));
}

function changesOf({ kind, before, text }: Update): Difference[] {
  const old = before && (readableJson(before.text) as Json | undefined);
  return differences(factsOf(kind, old), factsOf(kind, readJson(`${kind} settings`, text) as Json));
}

/** What is there may be broken: then all of the new is a change. */
function readableJson(text: string): unknown {
  try {
    return readJson('settings', text);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

function showChanges(changes: Difference[], io: Io): void {
  for (const change of changes) io.out(differenceLine(change));
  if (changes.length === 0) io.err('nothing differs from what is there');
}

/** @throws ConfigError, UsageError */
async function check(kind: Kind, text: string, tenant: string, io: Io): Promise<void> {
  if (Buffer.byteLength(text) > MAX_BYTES)
    throw new UsageError(`the ${kind} settings are longer than the ${MAX_BYTES} bytes that SSM takes`);
  if (kind === 'crm') return checkCrm(tenant, text, io);
  const wrong = examineDoor(readDoor(text)).find(({ ok }) => !ok);
  if (wrong) throw new UsageError(wrong.advice);
}

/** The way `apply` reads them; nothing is asked of the CRM. */
async function checkCrm(tenant: string, text: string, io: Io): Promise<void> {
  const parts = { ...partsOf(io), ledger: NO_DOCUMENTS };
  await createTenantCrm(tenant, readJson('crm settings', text), parts);
}

const never = () => Promise.reject(new Error('unreachable'));
const NO_DOCUMENTS: Documents = { get: never, getMany: never, put: never, all: never, listed: never, add: never };

export interface Writing {
  place: Place;
  updates: Update[];
  options: TenantOptions;
}

/** @returns false where nothing was written: a dry run, or a no. @throws UsageError, Refused */
export async function isWritten({ place, updates, options }: Writing, io: Io): Promise<boolean> {
  const names = updates.map(({ kind }) => place.nameOf(kind)).join(', ');
  const isWanted = !options.dryRun && (await isConfirmed(`Write ${names}?`, options, io));
  if (!isWanted) io.err('nothing was written');
  else for (const update of [...updates].reverse()) await write(place, update, options);
  return isWanted;
}

async function write({ store, nameOf }: Place, { kind, before, text }: Update, { kmsKey }: TenantOptions) {
  const name = nameOf(kind);
  const isNext = await store.write(name, { text, over: before?.version, isSecret: true, kmsKey });
  if (isNext) return;
  if (!before) throw new Refused(`${name} was made by another operator in the meantime: look at it, and put again`);
  throw new Refused(
    `${name} was written by another operator in the meantime, and this write is over it: theirs is version ` +
      `${before.version + 1} (aws ssm get-parameter-history); put what shall be in force`,
  );
}

/** A door makes a tenant; its name is known to all functions once their list is read anew. @returns whether it was missing. */
async function list({ store, prefix, tenant }: Place, updates: Update[]): Promise<boolean> {
  if (!updates.some(({ kind }) => kind === 'door') || (await isInList(store, prefix, tenant))) return false;
  await writeList(store, { prefix, tenant, isListed: true });
  return true;
}

const inForce = ({ tenant }: Place, { profile, prefix }: TenantOptions) =>
  `in force within five minutes; check with npx merge-sync doctor --tenant ${tenant}${spelled({ profile, prefix })}`;
