import { randomBytes, randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyStructuredResultV2, SQSBatchResponse } from 'aws-lambda';
import { createDocuments } from '../../lib/aws/documents.ts';
import { startDemoCrm } from '../../lib/local/demo-crm/demo-crm.ts';
import { type GatewayHandler, startGateway } from '../../lib/local/gateway.ts';
import { startPoller } from '../../lib/local/poller.ts';
import { createOutcomesQueue, createQueues } from '../../lib/local/resources.ts';
import { createTable } from '../aws/tables.ts';
import { createAccount } from '../crm/hubspot/portal-world.ts';
import { KEYS, type Keys } from '../local/sender.ts';
import { type LambdaFunction, startFunction } from './lambda-function.ts';
import { type FunctionName, functionOrder, packageFunctions, type Resources } from './packaged-functions.ts';
import { startParameterStore } from './parameter-store.ts';
import { startQueueFront } from './queue-front.ts';

export const IN_HOUSE = 'inhouse';
export const HUBSPOT = 'hub';
const VISIBILITY_SECONDS = 20; // Of a worker that was killed; Lambda's own time-out is part of what is under test.

export type Deployment = Awaited<ReturnType<typeof deploy>>;

/** The packaged service as AWS would run it, with an in-house CRM and a look-alike of HubSpot as its tenants' CRMs. */
export async function deploy() {
  const crms = await startCrms();
  const parameters = await startParameterStore(settingsOf(crms));
  const resources = await createResources();
  const front = await startQueueFront([resources.EventsQueue, resources.OutcomesQueue]);
  const reachable = {
    ...resources,
    EventsQueue: front.urlOf(resources.EventsQueue),
    OutcomesQueue: front.urlOf(resources.OutcomesQueue),
  };
  const packaged = await packageFunctions([IN_HOUSE, HUBSPOT]);
  const platform = platformOf(parameters.url);
  const start = async (name: FunctionName, instances: number, other: Partial<Resources> = {}) =>
    startFunction({ ...(await functionOrder(packaged, name, { ...reachable, ...other }, platform)), instances });
  const receive = await start('receive', 2);
  const apply = await start('apply', 2);
  const reconcile = await start('reconcile', 1);
  const gateway = await startCallbacks(receive);
  const pump = startPump(apply, resources.EventsQueue);
  return {
    ...crms,
    resources,
    url: gateway.url,
    receive,
    apply,
    reconcile,
    /** Another `receive` behind a gateway of its own, with some resource replaced. */
    async receiveWith(other: Partial<Resources>) {
      const lambda = await start('receive', 1, other);
      const { url, close } = await startCallbacks(lambda);
      return { url, stop: () => Promise.all([close(0), lambda.stop()]) };
    },
    events: createDocuments({ client: dynamodb, table: resources.EventsTable, now: Date.now, newId: randomUUID }),
    async stop() {
      await pump.stop();
      await gateway.close(0);
      await Promise.all([receive, apply, reconcile].map((lambda) => lambda.stop()));
      await Promise.all([crms.demo.close(0), crms.hubspotServer.close(), parameters.close(), front.close()]);
      for (const client of [dynamodb, sqs]) client.destroy();
    },
  };
}

const dynamodb = new DynamoDBClient({});
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

async function startCrms() {
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const hubspot = createAccount();
  const hubspotServer = await hubspot.listen();
  return { secret, demo: await startDemoCrm({ secret, now: Date.now }), hubspot, hubspotServer };
}

function settingsOf({ demo, secret, hubspotServer }: Awaited<ReturnType<typeof startCrms>>) {
  const hubspot = { kind: 'hubspot', baseUrl: hubspotServer.url, token: 'pat-test' };
  const prefix = '/merge-sync-dev';
  return {
    [`${prefix}/${IN_HOUSE}/door`]: doorOf(KEYS),
    [`${prefix}/${HUBSPOT}/door`]: doorOf(KEYS),
    [`${prefix}/${IN_HOUSE}/crm`]: { crm: { kind: 'http', endpoint: demo.endpoint, secret } },
    [`${prefix}/${HUBSPOT}/crm`]: { crm: hubspot, mapping: { remark: 'remark' } },
  };
}

const doorOf = ({ token, encodingAesKey, receiveId }: Keys) => ({
  keys: [{ token, encodingAesKey }],
  receiveIds: [receiveId],
});

async function createResources(): Promise<Resources> {
  const [EventsTable, LedgerTable] = ['merge-sync-dev-events', 'merge-sync-dev-ledger'];
  for (const name of [EventsTable, LedgerTable]) await createTable(dynamodb, name);
  const queues = { name: 'merge-sync-dev-events', visibilitySeconds: VISIBILITY_SECONDS };
  const { queueUrl } = await createQueues(sqs, queues);
  const outcomes = await createOutcomesQueue(sqs, 'merge-sync-dev-outcomes');
  return { EventsTable, LedgerTable, EventsQueue: queueUrl, OutcomesQueue: outcomes };
}

const platformOf = (ssm: string): Record<string, string> => ({
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL_DYNAMODB: process.env.AWS_ENDPOINT_URL_DYNAMODB ?? '',
  AWS_ENDPOINT_URL_SQS: process.env.AWS_ENDPOINT_URL_SQS ?? '',
  AWS_ENDPOINT_URL_SSM: ssm,
});

function startCallbacks({ invoke }: LambdaFunction) {
  const handler: GatewayHandler = async (event) => (await invoke(event)) as APIGatewayProxyStructuredResultV2;
  const routes = { 'GET /callback/{tenant}': handler, 'POST /callback/{tenant}': handler };
  return startGateway(routes, { port: 0, now: Date.now });
}

/** The event source mapping, as the template has it. */
const startPump = ({ invoke }: LambdaFunction, queueUrl: string) =>
  startPoller({
    client: sqs,
    queueUrl,
    handler: async (event) => (await invoke(event)) as SQSBatchResponse,
    concurrency: 2,
    batchSize: 5,
    functionMs: 60_000,
    ownQueue: false,
    now: Date.now,
  });
