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
import { type Env, numberFrom, readJson, readTenants, requireEnv } from '../../lib/config.ts';
import type { CrmAdapter } from '../../lib/crm/adapter.ts';
import { createTenantCrm } from '../../lib/crm/registry.ts';
import { ConfigError } from '../../lib/errors.ts';
import { createLedger } from '../../lib/ledger/ledger.ts';
import { DEFAULT_TIMING } from '../../lib/ledger/timing.ts';
import { createLog, withFields } from '../../lib/log.ts';
import type { TenantCrm } from '../../lib/merge/tenant-crm.ts';
import type { Documents } from '../../lib/ports.ts';
import { createHandler } from './handler.ts';

const NEEDED = [
  'TENANTS',
  'EVENTS_TABLE',
  'LEDGER_TABLE',
  'QUEUE_URL',
  'OUTCOMES_QUEUE_URL',
  'SETTINGS_PREFIX',
] as const;
const now = () => Date.now();
const log = createLog((line) => process.stdout.write(`${line}\n`), now);
const DAY_MS = 86_400_000;
const SETTINGS_MAX_AGE_MS = 300_000;

/**
 * Composition root: the one place where the environment, the clock and AWS meet. Runs once, at cold start.
 * @param adapters kinds of CRM besides our own. @throws ConfigError where a variable is missing.
 */
export function composeApply(environment: Env, adapters?: readonly CrmAdapter[]) {
  const env = requireEnv(environment, NEEDED);
  const sqs = createUntracedClient(clientConfig(WORKER_LIMITS));
  const client = new DynamoDBClient(clientConfig(WORKER_LIMITS));
  const documents = (table: string) => createDocuments({ client, table, now, newId: randomUUID });
  const tables = { events: documents(env.EVENTS_TABLE), ledger: documents(env.LEDGER_TABLE) };
  const deps = {
    ledger: (tenant: string) => createLedger(tables, tenant),
    queue: createQueue({ client: sqs, queueUrl: env.QUEUE_URL, fair: environment.FAIR_QUEUE === '1' }),
    outcomes: createOutcomes({ client: sqs, queueUrl: env.OUTCOMES_QUEUE_URL, busName: environment.OUTCOMES_BUS }),
    tenantCrm: tenantCrmsOf(env, tables.ledger, adapters),
    now,
    newId: randomUUID,
    random: Math.random,
    timing: {
      ...DEFAULT_TIMING,
      leaseMs: numberFrom(environment, 'WORKER_LEASE_SECONDS', 90, 61) * 1000,
      journalMs: numberFrom(environment, 'JOURNAL_RETENTION_DAYS', 400, 15) * DAY_MS,
    },
  };
  // Lambda's request id stands in each line of the invocation, so that its lines can be found together.
  return (event: SQSEvent, context: Context) =>
    createHandler({ ...deps, log: withFields(log, { awsRequestId: context.awsRequestId }) })(event, context);
}

/** Tenants' CRMs by the settings in SSM, read anew when they are old. */
function tenantCrmsOf(
  env: { TENANTS: string; SETTINGS_PREFIX: string },
  ledger: Documents,
  adapters: readonly CrmAdapter[] = [],
) {
  const read = createListReader();
  const known = createKnownTenants({
    ...{ read, prefix: env.SETTINGS_PREFIX, deployed: readTenants(env.TENANTS), now, log },
  });
  const settings = createSettings<TenantCrm>({
    read: createParameterReader(),
    isTenant: known.has,
    nameOf: (tenant) => `${env.SETTINGS_PREFIX}/${tenant}/crm`,
    async parse(name, text, tenant, since) {
      const isChanged = async () => (await settings.changed(tenant, made)) !== undefined;
      const parts = { fetch, now, sleep, ledger, adapters };
      const made: TenantCrm = await createTenantCrm(tenant, readJson(name, text), parts, { since, isChanged });
      return made;
    },
    now,
    log,
    maxAgeMs: SETTINGS_MAX_AGE_MS,
  });
  return async (tenant: string) => {
    const found = await settings.get(tenant);
    if (!found) throw new ConfigError(`tenant ${tenant} is neither in TENANTS nor in the list of merge-sync tenant`);
    return found;
  };
}
