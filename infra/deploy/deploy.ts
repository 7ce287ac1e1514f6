import { ConfigError } from '../../lib/errors.ts';
import { type Clients, gatherFacts, type Packaged, readRunningStack } from './facts.ts';
import { hasTables, type Review, review } from './review.ts';

export interface DeployDeps {
  clients: Clients;
  /** Runs osls. @throws where it fails */
  osls(args: string[]): Promise<void>;
  /** What the last `osls package` wrote. */
  readPackaged(): Packaged;
  /** Undefined without a terminal to ask in. */
  ask?(question: string): Promise<string>;
  print(line: string): void;
  now(): number;
}

export interface DeployOptions {
  /** What osls gets: --stage, --region, --param … */
  args: string[];
  /** Deploy without asking. */
  yes: boolean;
}

/**
 * Packages, says what would change against the running stack, asks, deploys.
 * The tables of a first deployment are unprotected until it has succeeded, so that CloudFormation can take them away if
 * it fails; a second update of the same run protects them.
 *
 * @returns whether it was deployed
 * @throws ConfigError where deploying would do harm
 */
export async function deploy(options: DeployOptions, deps: DeployDeps): Promise<boolean> {
  await deps.osls(['package', ...options.args]);
  const packaged = deps.readPackaged();
  const facts = await gatherFacts(deps.clients, packaged);
  const found = review(facts, packaged, deps.now());
  tell(found, packaged, deps.print);
  if (found.stops.length > 0) throw new ConfigError(found.stops.join('\n'));
  if (!options.yes && !(await isWanted(packaged, deps))) return false;
  if (!hasTables(facts)) await deps.osls(['deploy', ...options.args, '--param=protectTables=false']);
  await deps.osls(['deploy', ...options.args]);
  await tellUrls(packaged, deps);
  return true;
}

function tell({ warnings, changes }: Review, { stackName, region }: Packaged, print: DeployDeps['print']): void {
  print(
    changes
      ? `Changes of the stack ${stackName} in ${region}:`
      : `First deployment of the stack ${stackName} in ${region}.`,
  );
  for (const change of changes ?? []) print(`  ${change}`);
  if (changes?.length === 0) print('  none but the code of the functions, which is not compared');
  for (const warning of warnings) print(`Note: ${warning}`);
}

async function isWanted({ stackName }: Packaged, { ask, print }: DeployDeps): Promise<boolean> {
  if (!ask)
    throw new ConfigError(
      'Nothing was deployed: there is no terminal to ask in. Say --yes to deploy without a question.',
    );
  const answer = await ask(`Deploy ${stackName}? [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return true;
  print('Nothing was deployed.');
  return false;
}

async function tellUrls({ stackName, template }: Packaged, { clients, print }: DeployDeps): Promise<void> {
  const running = await readRunningStack(clients.cloudFormation, stackName);
  for (const [description, url] of running?.callbackUrls ?? []) print(`${description}: ${url}`);
  if (template.Metadata?.Parameters?.alarmEmail)
    print('Where the alarm e-mail is new, SNS has written to it: confirm within three days, or no alarm arrives.');
}
