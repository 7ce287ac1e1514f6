import { type CloudFormationClient, DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, type DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { readTenants } from '../../lib/config.ts';
import { TABLES, type Template, tableName } from './template.ts';

export interface Clients {
  cloudFormation: CloudFormationClient;
  dynamodb: DynamoDBClient;
  lambda: LambdaClient;
  ssm: SSMClient;
}

/** What `osls package` wrote. */
export interface Packaged {
  stackName: string;
  region: string;
  template: Template;
}

export interface RunningStack {
  status: string;
  template: Template;
  /** Description → URL, of each output for a tenant. */
  callbackUrls: [string, string][];
}

/** What stands in the account before anything is changed. */
export interface Facts {
  running?: RunningStack;
  /** Names of our tables that exist, whether the stack has them or not. */
  existingTables: string[];
  /** SSM parameters that are needed and not there. */
  missingSettings: string[];
  /** How many functions the account may run at once, all in all and without what is reserved for single ones. */
  executions: { all: number; unreserved: number };
}

export async function gatherFacts(clients: Clients, { stackName, template }: Packaged): Promise<Facts> {
  const names = TABLES.map((table) => tableName(template, table));
  const [running, existing, missingSettings, executions] = await Promise.all([
    readRunningStack(clients.cloudFormation, stackName),
    Promise.all(names.map((name) => tableExists(clients.dynamodb, name))),
    readMissingSettings(clients.ssm, template.Metadata?.Parameters ?? {}),
    readExecutions(clients.lambda),
  ]);
  const existingTables = names.filter((_name, index) => existing[index]);
  return { ...(running && { running }), existingTables, missingSettings, executions };
}

/** @returns undefined where there is no such stack */
export async function readRunningStack(
  client: CloudFormationClient,
  StackName: string,
): Promise<RunningStack | undefined> {
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName, TemplateStage: 'Original' }));
    const outputs = (stack?.Outputs ?? []).filter(({ OutputKey = '' }) => OutputKey.startsWith('CallbackUrl'));
    const callbackUrls = outputs.map(({ Description = '', OutputValue = '' }): [string, string] => [
      Description,
      OutputValue,
    ]);
    return { status: stack?.StackStatus ?? 'unknown', template: JSON.parse(TemplateBody), callbackUrls };
  } catch (error) {
    // CloudFormation has no error of its own for it.
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message))
      return undefined;
    throw error;
  }
}

export async function tableExists(client: DynamoDBClient, TableName: string): Promise<boolean> {
  try {
    await client.send(new DescribeTableCommand({ TableName }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

const MAX_NAMES = 10; // Of one GetParameters.

async function readMissingSettings(client: SSMClient, parameters: Record<string, unknown>): Promise<string[]> {
  const { prefix, tenants, notify } = parameters;
  const names = readTenants(String(tenants)).flatMap((tenant) => [
    `/${prefix}/${tenant}/door`,
    `/${prefix}/${tenant}/crm`,
  ]);
  if (String(notify) === 'true') names.push(`/${prefix}/notify`);
  const missing: string[] = [];
  for (let from = 0; from < names.length; from += MAX_NAMES) {
    const { InvalidParameters = [] } = await client.send(
      new GetParametersCommand({ Names: names.slice(from, from + MAX_NAMES), WithDecryption: false }),
    );
    missing.push(...InvalidParameters);
  }
  return missing;
}

async function readExecutions(client: LambdaClient): Promise<Facts['executions']> {
  const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
  return {
    all: AccountLimit?.ConcurrentExecutions ?? 0,
    unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? 0,
  };
}
