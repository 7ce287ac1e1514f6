import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context, SQSEvent } from 'aws-lambda';
import { clientConfig, WORKER_LIMITS } from '../../lib/aws/client-limits.ts';
import { createDocuments } from '../../lib/aws/documents.ts';
import { getParameter, getParameters } from '../../lib/aws/get-parameter.ts';
import { createKnownTenants } from '../../lib/aws/known-tenants.ts';
import { readTenants, requireEnv } from '../../lib/config.ts';
import { ConfigError } from '../../lib/errors.ts';
import { createEventLedger } from '../../lib/ledger/ledger.ts';
import { createLog, withFields } from '../../lib/log.ts';
import { readNotifySettings } from '../../lib/notify/settings.ts';
import { createHandler } from './handler.ts';

// Composition root: the one place where the environment, the clock and AWS meet. Runs once, at cold start.
const env = requireEnv(process.env, ['TENANTS', 'EVENTS_TABLE', 'SETTINGS_PREFIX', 'AWS_REGION']);
const now = () => Date.now();
const log = createLog((line) => process.stdout.write(`${line}\n`), now);
const PARAMETER = `${env.SETTINGS_PREFIX}/notify`;

const events = createDocuments({
  client: new DynamoDBClient(clientConfig(WORKER_LIMITS)),
  table: env.EVENTS_TABLE,
  now,
  newId: randomUUID,
});

const deployed = readTenants(env.TENANTS);
const known = createKnownTenants({ read: getParameters, prefix: env.SETTINGS_PREFIX, deployed, now, log });

const deps = {
  /** Read anew each time: alarms are rare, and a mended parameter is in force at once. */
  settings: async () => {
    const text = await getParameter(PARAMETER);
    if (text === undefined)
      throw new ConfigError(`SSM: there is no parameter ${PARAMETER}; create it as a SecureString`);
    return readNotifySettings(text, env.AWS_REGION);
  },
  ledger: (tenant: string) => createEventLedger(events, tenant),
  tenants: async () => [...deployed, ...(await known.listed())],
  prefix: env.SETTINGS_PREFIX.replace(/^\//, ''),
  fetch: (url: string, init: RequestInit) => fetch(url, init),
  now,
  delivered: new Set<string>(),
};

/** Lambda's request id stands in each line of the invocation, so that its lines can be found together. */
export const handler = (event: SQSEvent, { awsRequestId }: Context) =>
  createHandler({ ...deps, log: withFields(log, { awsRequestId }) })(event);
