import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { clientConfig, WORKER_LIMITS } from '../../lib/aws/client-limits.ts';
import { createDocuments } from '../../lib/aws/documents.ts';
import { createKnownTenants, createListReader } from '../../lib/aws/known-tenants.ts';
import { createQueue } from '../../lib/aws/queue.ts';
import { readTenants, requireEnv } from '../../lib/config.ts';
import { createEventLedger } from '../../lib/ledger/ledger.ts';
import { DEFAULT_TIMING } from '../../lib/ledger/timing.ts';
import { createLog, withFields } from '../../lib/log.ts';
import { createHandler } from './handler.ts';

// Composition root: the one place where the environment, the clock and AWS meet. Runs once, at cold start.
const env = requireEnv(process.env, ['TENANTS', 'EVENTS_TABLE', 'QUEUE_URL', 'SETTINGS_PREFIX']);
const now = () => Date.now();
const log = createLog((line) => process.stdout.write(`${line}\n`), now);

const events = createDocuments({
  client: new DynamoDBClient(clientConfig(WORKER_LIMITS)),
  table: env.EVENTS_TABLE,
  now,
  newId: randomUUID,
});

const deployed = readTenants(env.TENANTS);
const known = createKnownTenants({ read: createListReader(), prefix: env.SETTINGS_PREFIX, deployed, now, log });

const deps = {
  ledger: (tenant: string) => createEventLedger(events, tenant),
  queue: createQueue({
    client: new SQSClient(clientConfig(WORKER_LIMITS)),
    queueUrl: env.QUEUE_URL,
    fair: process.env.FAIR_QUEUE === '1',
  }),
  now,
  tenants: deployed,
  listedTenants: known.listed,
  timing: DEFAULT_TIMING,
};

/** Lambda's request id stands in each line of the invocation, so that its lines can be found together. */
export const handler = (tick: unknown, context: Context) =>
  createHandler({ ...deps, log: withFields(log, { awsRequestId: context.awsRequestId }) })(tick, context);
