import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { parse } from 'yaml';
import { type RecordedRequest, type RecordingServer, startRecordingServer } from '../contracts/recording-server.ts';

const QUEUE = 'rights-events';
const OF_THE_BUS: Record<string, string> = { 'rights-outcomes': 'OutcomesBus' };
const TABLES = { EventsTable: 'rights-events', LedgerTable: 'rights-ledger' };

/** DynamoDB, SQS and SSM behind one address that remembers what was asked, in the words of IAM. */
export interface RecordedAws extends RecordingServer {
  queueUrl: string;
  /** SSM parameters by name. */
  parameters: Record<string, string>;
  /** `action resource` of every call since the last look, sorted, each once. */
  takeRights(): string[];
}

/** Points the environment at itself: clients made from then on are recorded. */
export async function startRecordedAws(): Promise<RecordedAws> {
  const parameters: Record<string, string> = {};
  const realQueueUrl = await createResources();
  const real = { dynamodb: process.env.AWS_ENDPOINT_URL_DYNAMODB ?? '', sqs: process.env.AWS_ENDPOINT_URL_SQS ?? '' };
  const server = await startRecordingServer((request) => {
    const service = serviceOf(request);
    if (service === 'events') return EVENT_TAKEN;
    return service === 'ssm' ? parameterAnswer(request, parameters) : forward(request, real[service], realQueueUrl);
  });
  for (const service of ['DYNAMODB', 'SQS', 'SSM', 'EVENTBRIDGE'])
    process.env[`AWS_ENDPOINT_URL_${service}`] = server.url;
  const takeRights = () => [...new Set(server.requests.splice(0).map(rightFor))].sort();
  return { ...server, queueUrl: `${server.url}/000000000000/${QUEUE}`, parameters, takeRights };
}

const EVENT_TAKEN = {
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}',
};

/** The tables exactly as the template has them. */
async function createResources(): Promise<string> {
  const { Resources } = parse(readFileSync(path.join(__dirname, '../../infra/tables.yml'), 'utf8'), { merge: true });
  const client = new DynamoDBClient({});
  for (const [name, TableName] of Object.entries(TABLES)) {
    const { BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = Resources[name].Properties;
    const shape = { BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes };
    await client.send(new CreateTableCommand({ TableName, ...shape } as CreateTableCommandInput));
  }
  const { QueueUrl } = await new SQSClient({}).send(new CreateQueueCommand({ QueueName: QUEUE }));
  return QueueUrl ?? '';
}

function parameterAnswer({ body }: RecordedRequest, parameters: Record<string, string>) {
  const { Name, Names } = JSON.parse(body);
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  if (Names) return { status: 200, headers, body: JSON.stringify({ Parameters: namedIn(Names, parameters) }) };
  return { status: 200, headers, body: JSON.stringify({ Parameter: { Name, Value: parameters[Name] } }) };
}

const namedIn = (names: string[], parameters: Record<string, string>) =>
  names.flatMap((Name) => (parameters[Name] === undefined ? [] : [{ Name, Value: parameters[Name] }]));

async function forward(request: RecordedRequest, endpoint: string, QueueUrl: string) {
  const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
  const asked = JSON.parse(request.body);
  const body = JSON.stringify({ ...asked, ...(asked.QueueUrl && { QueueUrl }) });
  const response = await fetch(endpoint, { method: 'POST', headers, body });
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, headers: { 'content-type': type }, body: await response.text() };
}

const targetOf = (request: RecordedRequest) => request.headers['x-amz-target'] ?? '';

function serviceOf(request: RecordedRequest): 'dynamodb' | 'sqs' | 'ssm' | 'events' {
  if (targetOf(request).startsWith('AWSEvents.')) return 'events';
  if (targetOf(request).startsWith('AmazonSSM.')) return 'ssm';
  return targetOf(request).startsWith('AmazonSQS.') ? 'sqs' : 'dynamodb';
}

function rightFor(request: RecordedRequest): string {
  const action = `${serviceOf(request)}:${targetOf(request).split('.')[1]}`;
  const { TableName, RequestItems = {}, IndexName, QueueUrl, Name, Names, Entries } = JSON.parse(request.body);
  const [batched] = Object.keys(RequestItems);
  if (Entries?.[0].EventBusName) return `${action} ${OF_THE_BUS[Entries[0].EventBusName]}`;
  if (Name) return `${action} parameter${Name}`;
  if (Names) return `${action} parameter${Names[0].replace(/[^/]*$/, '*')}`;
  if (QueueUrl) return `${action} ${QueueUrl.endsWith('-outcomes') ? 'OutcomesQueue' : 'EventsQueue'}`;
  const table = Object.entries(TABLES).find(([, name]) => name === (TableName ?? batched))?.[0];
  return `${action} ${table}${IndexName ? `/index/${IndexName}` : ''}`;
}
