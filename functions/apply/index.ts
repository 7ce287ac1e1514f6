import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context, SQSEvent } from 'aws-lambda';
import { clientConfig, WORKER_LIMITS } from '../../lib/aws/client-limits.ts';
import { createDocuments } from '../../lib/aws/documents.ts';
import { createKnownTenants, createListReader } from '../../lib/aws/known-tenants.ts';
import { createOutcomes } from '../../lib/aws/outcomes.ts';
import { createQueue, createUntracedClient } from '../../lib/aws/queue.ts';
import { createParameterReader, createSettings } from '../../lib/aws/ssm-settings.ts';
import { numberFrom, readJson, readTenants, requireEnv } from '../../lib/config.ts';
import { createTenantCrm } from '../../lib/crm/registry.ts';
import { ConfigError } from '../../lib/errors.ts';
import { createLedger } from '../../lib/ledger/ledger.ts';
import { DEFAULT_TIMING } from '../../lib/ledger/timing.ts';
import { createLog, withFields } from '../../lib/log.ts';
import type { TenantCrm } from '../../lib/merge/tenant-crm.ts';
import { createHandler } from './handler.ts';

// Composition root: the one place where the environment, the clock and AWS meet. Runs once, at cold start.
const env = requireEnv(process.env, [
  'TENANTS',
  'EVENTS_TABLE',
  'LEDGER_TABLE',
  'QUEUE_URL',
  'OUTCOMES_QUEUE_URL',
  'SETTINGS_PREFIX',
]);
const now = () => Date.now();
const log = createLog((line) => process.stdout.write(`${line}\n`), now);
const DAY_MS = 86_400_000;
const SETTINGS_MAX_AGE_MS = 300_000;

const known = createKnownTenants({
  read: createListReader(),
  prefix: env.SETTINGS_PREFIX,
  deployed: readTenants(env.TENANTS),
  now,
  log,
});

const sqs = createUntracedClient(clientConfig(WORKER_LIMITS));
const client = new DynamoDBClient(clientConfig(WORKER_LIMITS));
const documents = (table: string) => createDocuments({ client, table, now, newId: randomUUID });
const tables = { events: documents(env.EVENTS_TABLE), ledger: documents(env.LEDGER_TABLE) };
const settings = createSettings<TenantCrm>({
  read: createParameterReader(),
  isTenant: known.has,
  nameOf: (tenant) => `${env.SETTINGS_PREFIX}/${tenant}/crm`,
  async parse(name, text, tenant, since) {
    const isChanged = async () => (await settings.changed(tenant, made)) !== undefined;
    const parts = { fetch, now, sleep, ledger: tables.ledger };
    const made: TenantCrm = await createTenantCrm(tenant, readJson(name, text), parts, { since, isChanged });
    return made;
  },
  now,
  log,
  maxAgeMs: SETTINGS_MAX_AGE_MS,
});

const deps = {
  ledger: (tenant: string) => createLedger(tables, tenant),
  queue: createQueue({
    client: sqs,
    queueUrl: env.QUEUE_URL,
    fair: process.env.FAIR_QUEUE === '1',
  }),
  outcomes: createOutcomes({ client: sqs, queueUrl: env.OUTCOMES_QUEUE_URL, busName: process.env.OUTCOMES_BUS }),
  tenantCrm: async (tenant: string) => {
    const found = await settings.get(tenant);
    if (!found) throw new ConfigError(`tenant ${tenant} is neither in TENANTS nor in the list of merge-sync tenant`);
    return found;
  },
  now,
  newId: randomUUID,
  random: Math.random,
  timing: {
    ...DEFAULT_TIMING,
    leaseMs: numberFrom(process.env, 'WORKER_LEASE_SECONDS', 90, 61) * 1000,
    journalMs: numberFrom(process.env, 'JOURNAL_RETENTION_DAYS', 400, 15) * DAY_MS,
  },
};

/** Lambda's request id stands in each line of the invocation, so that its lines can be found together. */
export const handler = (event: SQSEvent, context: Context) =>
  createHandler({ ...deps, log: withFields(log, { awsRequestId: context.awsRequestId }) })(event, context);
