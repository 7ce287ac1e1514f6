import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import * as v from 'valibot';
import { readJson, readSettings } from '../config.ts';
import { makeFolder } from '../local/make-folder.ts';
import { describeCause } from './describe-cause.ts';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';
import { printableId } from './printable.ts';
import { isOtherEncoding, otherEncoding } from './read-input.ts';

const text = v.pipe(v.string(), v.minLength(1));

/** Where an operator works. Strict: no other key is taken, so that no secret gets in. */
const ProfileSchema = v.strictObject({
  prefix: text,
  region: v.optional(text),
  awsProfile: v.optional(text),
  tenant: v.optional(text),
});
export type Profile = v.InferOutput<typeof ProfileSchema>;

const ProfilesSchema = v.strictObject({ current: v.optional(text), profiles: v.record(v.string(), ProfileSchema) });
export type Profiles = v.InferOutput<typeof ProfilesSchema>;

/** $MERGE_SYNC_CONFIG, or where the system keeps settings of a user. @throws UsageError without a home */
export function profilesFile({ env }: Pick<Io, 'env'>): string {
  if (env.MERGE_SYNC_CONFIG) return env.MERGE_SYNC_CONFIG;
  const home = env.HOME || env.USERPROFILE;
  const folder = env.XDG_CONFIG_HOME || (home && path.join(home, '.config'));
  if (!folder) throw new UsageError('there is no home folder: name a file for profiles in $MERGE_SYNC_CONFIG');
  return path.join(folder, 'merge-sync', 'config.json');
}

/** @throws UsageError, ConfigError for a file that cannot be read */
export async function readProfiles(io: Pick<Io, 'env' | 'readFile'>): Promise<Profiles> {
  const file = profilesFile(io);
  const content = await io.readFile(file).catch((error: unknown) => {
    if (describeCause(error).includes('ENOENT')) return undefined;
    throw new UsageError(
      isOtherEncoding(error) ? otherEncoding(file) : `${file} cannot be read (${describeCause(error)})`,
    );
  });
  return content === undefined ? { profiles: {} } : readSettings(ProfilesSchema, file, readJson(file, content));
}

/** For the user alone to read; whole or not at all. @throws UsageError */
export function writeProfiles(profiles: Profiles, io: Pick<Io, 'env'>): void {
  const file = profilesFile(io);
  try {
    makeFolder(path.resolve(path.dirname(file)));
    writeFileSync(`${file}.new`, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw new UsageError(`${file} cannot be written (${describeCause(error)})`);
  }
}

/** The profile of this name. @throws UsageError naming those that there are */
export function profileNamed(name: string, { profiles }: Profiles): Profile {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile) return profile;
  const known = Object.keys(profiles).map(printableId).join(', ') || 'none';
  throw new UsageError(`there is no profile ${printableId(name)}; there are: ${known}`);
}

interface ProfileOptions {
  profile?: string;
  local?: string | true;
}

const OWN_PLACE = ['prefix', 'crm', 'door'];

/**
 * Before a command that works on a deployment: what it was not told, the profile says. Options come first, then a
 * profile that was named, then the environment, then the current profile. With --local none counts.
 */
export async function applyProfile(command: Command, io: Pick<Io, 'env' | 'readFile'>): Promise<void> {
  const options = command.opts<ProfileOptions>();
  if (!command.options.some(({ long }) => long === '--profile') || options.local !== undefined) return;
  const named = options.profile ?? (io.env.MERGE_SYNC_PROFILE || undefined);
  const isPlaced = OWN_PLACE.some((option) => command.getOptionValue(option) !== undefined);
  if (named === undefined && (isPlaced || io.env.MERGE_SYNC_PREFIX || !hasHome(io))) return;
  const profiles = await readProfiles(io);
  const name = named ?? profiles.current;
  if (name !== undefined) fillIn(command, profileNamed(name, profiles), io);
}

const hasHome = ({ env }: Pick<Io, 'env'>) =>
  Boolean(env.MERGE_SYNC_CONFIG || env.XDG_CONFIG_HOME || env.HOME || env.USERPROFILE);

function fillIn(command: Command, { prefix, region, awsProfile, tenant }: Profile, { env }: Pick<Io, 'env'>): void {
  const isTyped = (option: string) => command.getOptionValueSource(option) === 'cli';
  if (!isTyped('prefix')) command.setOptionValue('prefix', prefix);
  if (tenant !== undefined && !isTyped('tenant')) command.setOptionValue('tenant', tenant);
  // The SDK reads its region and credentials from there.
  Object.assign(
    env,
    region !== undefined && { AWS_REGION: region },
    awsProfile !== undefined && { AWS_PROFILE: awsProfile },
  );
}
