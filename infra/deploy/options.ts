import { parseArgs } from 'node:util';
import { ConfigError } from '../../lib/errors.ts';
import type { DeployOptions } from './deploy.ts';

type Env = Record<string, string | undefined>;

/** A region, said once: the settings in SSM and the stack must not land in two. @throws ConfigError where there is none */
export function regionFrom(named: string | undefined, env: Env): string {
  const region = named ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (!region) throw new ConfigError('No region is named. Run first, for example: export AWS_REGION=cn-north-1');
  return region;
}

/** The command line of `npm run deploy --`: osls' own options go on to osls, `--yes` stays here. @throws ConfigError */
export function readDeployOptions(args: string[], env: Env): DeployOptions & { region: string; profile?: string } {
  const { values } = parseArgs({
    args,
    strict: false,
    options: { region: { type: 'string', short: 'r' }, 'aws-profile': { type: 'string' }, yes: { type: 'boolean' } },
  });
  const region = regionFrom(textOf(values.region), env);
  const profile = textOf(values['aws-profile']);
  const passed = args.filter((arg) => arg !== '--yes');
  return {
    args: values.region === undefined ? [...passed, '--region', region] : passed,
    yes: values.yes === true,
    region,
    ...(profile !== undefined && { profile }),
  };
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
