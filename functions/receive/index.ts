import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { clientConfig, RECEIVE_LIMITS } from '../../lib/aws/client-limits.ts';
import { createDocuments } from '../../lib/aws/documents.ts';
import { createKnownTenants, createListReader } from '../../lib/aws/known-tenants.ts';
import { createQueue } from '../../lib/aws/queue.ts';
import { createParameterReader, createSettings } from '../../lib/aws/ssm-settings.ts';
import { IntakeSettingsSchema, numberFrom, readJson, readSettings, readTenants, requireEnv } from '../../lib/config.ts';
import { createEventLedger } from '../../lib/ledger/ledger.ts';
import { DEFAULT_TIMING } from '../../lib/ledger/timing.ts';
import { createLog, withFields } from '../../lib/log.ts';
import { createHandler } from './handler.ts';

// Composition root: the one place where the environment, the clock and AWS meet. Runs once, at cold start.
const env = requireEnv(process.env, ['TENANTS', 'EVENTS_TABLE', 'QUEUE_URL', 'SETTINGS_PREFIX']);
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

const events = createDocuments({
  client: new DynamoDBClient(clientConfig(RECEIVE_LIMITS)),
  table: env.EVENTS_TABLE,
  now,
  newId: randomUUID,
});

const settings = createSettings({
  read: createParameterReader(),
  isTenant: known.has,
  nameOf: (tenant) => `${env.SETTINGS_PREFIX}/${tenant}/door`,
  parse: (name, text) => readSettings(IntakeSettingsSchema, name, readJson(name, text)),
  now,
  log,
  maxAgeMs: SETTINGS_MAX_AGE_MS,
});

const deps = {
  ledger: (tenant: string) => createEventLedger(events, tenant),
  queue: createQueue({
    client: new SQSClient(clientConfig(RECEIVE_LIMITS)),
    queueUrl: env.QUEUE_URL,
    fair: process.env.FAIR_QUEUE === '1',
  }),
  settings: settings.get,
  changedSettings: settings.changed,
  now,
  timing: { ...DEFAULT_TIMING, payloadMs: numberFrom(process.env, 'PAYLOAD_RETENTION_DAYS', 90, 15) * DAY_MS },
  log,
};

/** Lambda's request id stands in each line of the invocation, so that its lines can be found together. */
export const handler = (event: APIGatewayProxyEventV2, { awsRequestId }: Context) =>
  createHandler({ ...deps, log: withFields(log, { awsRequestId }) })(event);
