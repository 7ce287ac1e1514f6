import { Command } from 'commander';
import { UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { printableId } from '../printable.ts';
import { type Profile, type Profiles, profileNamed, profilesFile, readProfiles, writeProfiles } from '../profiles.ts';

interface ProfileCommandOptions {
  prefix?: string;
  region?: string;
  awsProfile?: string;
  tenant?: string;
  use?: true;
  remove?: true;
  json?: true;
}

export function profileCommand(io: Io): Command {
  return new Command('profile')
    .summary('keep where you work: prefix, region, AWS profile, tenant')
    .description(
      'Lists profiles, and saves, chooses or removes one. A profile names a deployment, so that commands need no --prefix; ' +
        'it holds no secret. The first one saved is the current one.',
    )
    .argument('[name]', 'the profile')
    .option('--prefix <prefix>', 'save: the deployment, as in serverless.yml')
    .option('--region <region>', 'save: its AWS region')
    .option('--aws-profile <name>', 'save: the profile of ~/.aws/config whose credentials reach it')
    .option('--tenant <name>', 'save: the tenant that commands take')
    .option('--use', 'from now on the current one')
    .option('--remove', 'forget it')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action((name: string | undefined, options: ProfileCommandOptions) => profile(name, options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync profile prod --prefix merge-sync-prod --region cn-north-1 --aws-profile corp
  npx merge-sync profile prod --use
  npx merge-sync events --profile prod`;

async function profile(name: string | undefined, options: ProfileCommandOptions, io: Io): Promise<void> {
  const before = await readProfiles(io);
  const { use, remove, json, ...saved } = options;
  if (name === undefined) {
    if (use || remove || Object.keys(saved).length > 0)
      throw new UsageError('name the profile: merge-sync profile NAME');
    return list(before, json, io);
  }
  const after = changed(before, name, options);
  if (after) writeProfiles(after, io);
  else list({ ...before, profiles: { [name]: profileNamed(name, before) } }, json, io);
  if (after && json) io.out(JSON.stringify(after));
}

/** @returns undefined where nothing is to change. @throws UsageError */
function changed(before: Profiles, name: string, options: ProfileCommandOptions): Profiles | undefined {
  const { use, remove, json: _json, ...fields } = options;
  if (remove) return without(before, name);
  const isSaved = Object.keys(fields).length > 0;
  if (!isSaved && !use) return undefined;
  const profiles = isSaved ? { ...before.profiles, [name]: merged(name, before, fields) } : before.profiles;
  profileNamed(name, { profiles });
  const current = use ? name : (before.current ?? name);
  return { current, profiles };
}

function merged(name: string, { profiles }: Profiles, fields: Partial<Profile>): Profile {
  const { prefix, ...others } = { ...(Object.hasOwn(profiles, name) ? profiles[name] : {}), ...fields };
  if (prefix === undefined) throw new UsageError('a new profile needs --prefix, the deployment that it names');
  return { prefix, ...others };
}

function without(before: Profiles, name: string): Profiles {
  profileNamed(name, before);
  const { [name]: _removed, ...profiles } = before.profiles;
  return { ...(before.current !== undefined && before.current !== name && { current: before.current }), profiles };
}

function list({ current, profiles }: Profiles, json: true | undefined, io: Io): void {
  if (json) return io.out(JSON.stringify({ current: current ?? null, profiles }));
  for (const [name, { prefix, region, awsProfile, tenant }] of Object.entries(profiles)) {
    const details = [prefix, region, awsProfile && `AWS_PROFILE=${awsProfile}`, tenant && `--tenant ${tenant}`];
    const told = details.flatMap((one) => (one ? [printableId(one)] : [])).join('  ');
    io.say(`${name === current ? '*' : ' '} ${printableId(name)}  ${told}`);
  }
  if (Object.keys(profiles).length === 0)
    io.err('there is no profile yet: merge-sync profile NAME --prefix PREFIX makes one');
  io.err(`profiles are kept in ${profilesFile(io)}`);
}
