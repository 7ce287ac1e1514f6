import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { createLedger, type Ledger, type LedgerTables } from '../ledger/ledger.ts';
import type { Documents, Queue } from '../ports.ts';
import { CLI_CLIENT, renewingLogin } from './aws-client.ts';
import { awsProblem } from './aws-problem.ts';
import { Refused, UsageError } from './exit.ts';
import type { Io } from './io.ts';
import { DEFAULT_LOCAL, describeLocal, localClients, localUrl } from './local-stack.ts';
import { printableId } from './printable.ts';
import { tenantNames } from './tenant-names.ts';

/** Which deployment a command works on. */
export interface ServiceOptions {
  profile?: string;
  prefix?: string;
  local?: string | true;
  tenant?: string;
  json?: true;
}

/** A deployment's stores, as the operator's credentials reach them. */
export interface Service {
  /** The tenant's part of its tables. */
  ledger: Ledger;
  queue: Queue;
  /** Of all its tenants. */
  tables: LedgerTables;
  queueUrl: string;
  /** Where its workers share a CRM's rate limit. */
  rates: Documents;
  /**
   * To be asked where nothing was found: a misspelt tenant has nothing either.
   * @throws UsageError naming the tenants that there are.
   */
  checkTenant(): Promise<void>;
}

export function addServiceOptions(command: Command): Command {
  return command
    .option('--prefix <prefix>', 'deployment, as in serverless.yml, e.g. merge-sync-prod (or $MERGE_SYNC_PREFIX)')
    .option('--profile <name>', 'a profile of merge-sync profile (or $MERGE_SYNC_PROFILE; default: the current one)')
    .option('--local [url]', `the embedded stack of npm start instead, by default at ${DEFAULT_LOCAL}`)
    .option('--tenant <name>', 'tenant (default: main; local with --local)')
    .option('--json', 'print JSON');
}

/** @throws UsageError, Refused */
export async function openService(options: ServiceOptions, io: Io, config = CLI_CLIENT): Promise<Service> {
  return options.local ? openLocal(options, io) : openDeployed(options, io, config);
}

export function prefixOf({ prefix = '' }: ServiceOptions, { env }: Io): string {
  const name = prefix || env.MERGE_SYNC_PREFIX;
  if (!name)
    throw new UsageError(
      'say which deployment: --prefix merge-sync-prod (or $MERGE_SYNC_PREFIX), --profile NAME, or --local',
    );
  return name;
}

export interface OutcomesQueue {
  client: SQSClient;
  queueUrl: string;
}

/** The queue of outcomes of a deployment or of the embedded stack. @throws UsageError, Refused */
export async function openOutcomes(options: ServiceOptions, io: Io): Promise<OutcomesQueue> {
  if (options.local) {
    const stack = await describeLocal(localUrl(options.local), io);
    return { client: (await localClients(stack)).sqs, queueUrl: stack.outcomesQueueUrl };
  }
  const name = prefixOf(options, io);
  const { SQSClient } = await import('@aws-sdk/client-sqs');
  const client = renewingLogin(new SQSClient(CLI_CLIENT));
  return { client, queueUrl: await queueUrlOf(client, `${name}-outcomes`) };
}

/** The SDK takes longer to load than all the rest of the command: only what asks AWS waits for it. */
const loadClients = () => Promise.all([import('@aws-sdk/client-dynamodb'), import('@aws-sdk/client-sqs')]);

async function openDeployed(options: ServiceOptions, io: Io, config: typeof CLI_CLIENT): Promise<Service> {
  const name = prefixOf(options, io);
  const { tenant = 'main' } = options;
  const [{ DynamoDBClient }, { SQSClient }] = await loadClients();
  const sqs = renewingLogin(new SQSClient(config));
  const queueUrl = await queueUrlOf(sqs, `${name}-events`);
  const names = { tenant, eventsTable: `${name}-events`, ledgerTable: `${name}-ledger`, queueUrl };
  const checkTenant = () => checkDeployedTenant(name, tenant, io);
  const dynamodb = renewingLogin(new DynamoDBClient(config));
  return { ...(await storesOf(names, io, { dynamodb, sqs })), checkTenant };
}

/** A tenant is known by its parameters. Without the right to list them nothing can be said, and that is said. */
async function checkDeployedTenant(prefix: string, tenant: string, io: Io): Promise<void> {
  const known = await tenantNames(prefix).catch((error: unknown) => {
    io.err(`merge-sync: whether there is a tenant ${printableId(tenant)} cannot be checked (${awsProblem(error)})`);
    return undefined;
  });
  if (known && !known.includes(tenant)) throw unknownTenant(tenant, known, `by the parameters /${prefix}/TENANT/door`);
}

function unknownTenant(tenant: string, known: string[], where: string): UsageError {
  const names = known.length > 0 ? `its tenants are ${known.join(', ')}, ${where}` : `it has none, ${where}`;
  return new UsageError(`this deployment has no tenant ${printableId(tenant)}: ${names}; name one with --tenant`);
}

async function queueUrlOf(client: SQSClient, name: string): Promise<string> {
  const { GetQueueUrlCommand } = await import('@aws-sdk/client-sqs');
  try {
    return (await client.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl ?? '';
  } catch (error) {
    throw new Refused(`the queue ${name} cannot be reached (${awsProblem(error)})`);
  }
}

async function openLocal({ local, tenant }: ServiceOptions, io: Io): Promise<Service> {
  const stack = await describeLocal(localUrl(local), io);
  if (tenant !== undefined && tenant !== stack.tenant) throw unknownTenant(tenant, [stack.tenant], 'as npm start says');
  return { ...(await storesOf(stack, io, await localClients(stack))), checkTenant: () => Promise.resolve() };
}

interface Names {
  tenant: string;
  eventsTable: string;
  ledgerTable: string;
  queueUrl: string;
}

const loadStores = () => Promise.all([import('../aws/documents.ts'), import('../aws/queue.ts')]);

async function storesOf(names: Names, io: Io, clients: { dynamodb: DynamoDBClient; sqs: SQSClient }) {
  const [{ createDocuments }, { createQueue }] = await loadStores();
  const documents = (table: string) =>
    createDocuments({ client: clients.dynamodb, table, now: io.now, newId: randomUUID });
  const tables = { events: documents(names.eventsTable), ledger: documents(names.ledgerTable) };
  return {
    tables,
    queueUrl: names.queueUrl,
    ledger: createLedger(tables, names.tenant),
    rates: tables.ledger,
    queue: createQueue({ client: clients.sqs, queueUrl: names.queueUrl, fair: false }),
  };
}
