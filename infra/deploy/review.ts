import { vendorFindings } from '../../lib/crm/vendor-dates.ts';
import type { Facts, Packaged } from './facts.ts';
import { stackChanges } from './stack-changes.ts';
import { TABLES } from './template.ts';

/** What is to be said before a deployment. With a stop, nothing may be deployed. */
export interface Review {
  stops: string[];
  warnings: string[];
  /** Undefined for the first deployment. */
  changes?: string[];
}

/** Executions that `receive` and `reconcile` need beside `apply`, at least. */
const OTHERS = 3;
/** What Lambda wants left over: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const LEAST_UNRESERVED = 100;

export function hasTables({ running }: Facts): boolean {
  return TABLES.every((table) => running?.template.Resources?.[table] !== undefined);
}

/** @param now milliseconds since 1970. */
export function review(facts: Facts, packaged: Packaged, now: number): Review {
  const { running } = facts;
  const stops = [
    stackState(facts, packaged),
    otherPrefix(facts, packaged),
    leftovers(facts),
    tooMuchReserved(facts, packaged),
  ];
  const warnings = [
    ...missingSettings(facts, packaged),
    tooFewExecutions(facts, packaged),
    ...endingRuntimes(packaged, now),
  ];
  return {
    stops: stops.filter((one) => one !== undefined),
    warnings: warnings.filter((one) => one !== undefined),
    ...(running && hasTables(facts) && { changes: stackChanges(running.template, packaged.template) }),
  };
}

function stackState({ running }: Facts, { stackName }: Packaged): string | undefined {
  const status = running?.status ?? '';
  if (/^(ROLLBACK_|CREATE_FAILED|DELETE_FAILED)/.test(status) && !status.endsWith('IN_PROGRESS'))
    return `The stack ${stackName} is in the state ${status} and takes no update. Remove it with npx osls remove and the same --stage, then deploy again.`;
  if (status === 'UPDATE_ROLLBACK_FAILED')
    return `The stack ${stackName} could not go back to what it was. Run: aws cloudformation continue-update-rollback --stack-name ${stackName}`;
  if (status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS')
    return `Another deployment of the stack ${stackName} is under way (${status}). Wait until it has ended.`;
  return undefined;
}

const parametersOf = ({ template }: Pick<Packaged, 'template'>) => template.Metadata?.Parameters ?? {};

function otherPrefix(facts: Facts, packaged: Packaged): string | undefined {
  if (!facts.running || !hasTables(facts)) return undefined;
  const [before, after] = [parametersOf(facts.running).prefix, parametersOf(packaged).prefix];
  if (before === undefined || before === after) return undefined;
  return `The prefix would change from ${before} to ${after}: the stack would get other tables, and forget what was merged. Put ${before} back.`;
}

function leftovers(facts: Facts): string | undefined {
  if (hasTables(facts) || facts.existingTables.length === 0) return undefined;
  return (
    `The stack does not have these tables, and they exist: ${facts.existingTables.join(', ')}. ` +
    'If an earlier deployment failed, they are empty: npm run tables:remove-empty takes them away, and refuses if anything is in them. ' +
    'If a stack was removed, they hold its ledger: docs/deploy.md says how to import them.'
  );
}

function tooMuchReserved({ executions }: Facts, packaged: Packaged): string | undefined {
  const reserved = Number(parametersOf(packaged).reservedForReceive);
  if (reserved === 0 || executions.all - reserved >= LEAST_UNRESERVED) return undefined;
  return `reservedForReceive is ${reserved}, and this account may run ${executions.all} functions at once. Lambda wants ${LEAST_UNRESERVED} left unreserved: set reservedForReceive to 0, or ask AWS for more.`;
}

function missingSettings({ missingSettings: names }: Facts, { region }: Packaged): string[] {
  const ofTenants = names.filter((name) => !name.endsWith('/notify'));
  const ofRobots = names.filter((name) => name.endsWith('/notify'));
  return [
    ...(ofTenants.length > 0
      ? [
          `These settings are not in SSM in ${region}: ${ofTenants.join(', ')}. Until they are, callbacks get 503 and events wait.`,
        ]
      : []),
    ...ofRobots.map(
      (name) => `There is no ${name} in SSM in ${region}. Until there is, no group robot is told of anything.`,
    ),
  ];
}

function tooFewExecutions({ executions }: Facts, packaged: Packaged): string | undefined {
  const taken = Number(parametersOf(packaged).applyConcurrency);
  if (executions.unreserved - taken >= OTHERS) return undefined;
  return `apply may take ${taken} of the ${executions.unreserved} functions that this account runs at once, and receive gets what is left. Lower applyConcurrency, or ask AWS for more.`;
}

/** Lambda goes on running a runtime that has ended, and some weeks later takes no update of a function any more. */
function endingRuntimes({ template }: Packaged, now: number): string[] {
  const used = Object.values(template.Resources ?? {}).flatMap(({ Properties }) => Properties?.Runtime ?? []);
  return [...new Set(used.map(String))].flatMap((runtime) =>
    vendorFindings('aws', now, runtime).map(({ advice }) => advice),
  );
}
