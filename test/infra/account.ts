import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Clients } from '../../infra/deploy/facts.ts';
import type { Template } from '../../infra/deploy/template.ts';
import { type RecordedRequest, startRecordingServer } from '../contracts/recording-server.ts';

/** An AWS account as far as a deployment looks into it before it changes anything. */
export interface Account {
  stack?: { status: string; template: Template; outputs?: Record<string, [description: string, value: string]> };
  tables: string[];
  settings: string[];
  executions: { all: number; unreserved: number };
}

export interface AccountServer {
  account: Account;
  clients: Clients;
  close(): Promise<void>;
}

/** The four services' own protocols behind one address. */
export async function startAccount(account: Account): Promise<AccountServer> {
  const server = await startRecordingServer((request) => answer(request, account));
  const config = {
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const clients = {
    cloudFormation: new CloudFormationClient(config),
    dynamodb: new DynamoDBClient(config),
    lambda: new LambdaClient(config),
    ssm: new SSMClient(config),
  };
  return { account, clients, close: server.close };
}

function answer({ headers, body }: RecordedRequest, account: Account) {
  const target = headers['x-amz-target'] ?? '';
  if (target.startsWith('DynamoDB_')) return json(describeTable(JSON.parse(body).TableName, account));
  if (target.startsWith('AmazonSSM.')) return json({ status: 200, body: parameters(JSON.parse(body).Names, account) });
  if (new URLSearchParams(body).has('Action')) return xml(new URLSearchParams(body).get('Action') ?? '', account);
  const { all, unreserved } = account.executions;
  const AccountLimit = { ConcurrentExecutions: all, UnreservedConcurrentExecutions: unreserved };
  return json({ status: 200, body: { AccountLimit } });
}

const json = ({ status, body }: { status: number; body: object }) => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify(body),
});

function describeTable(TableName: string, { tables }: Account) {
  if (tables.includes(TableName)) return { status: 200, body: { Table: { TableName, TableStatus: 'ACTIVE' } } };
  return { status: 400, body: { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException' } };
}

const parameters = (names: string[], { settings }: Account) => ({
  Parameters: names.filter((name) => settings.includes(name)).map((Name) => ({ Name })),
  InvalidParameters: names.filter((name) => !settings.includes(name)),
});

function xml(action: string, { stack }: Account) {
  const headers = { 'content-type': 'text/xml' };
  if (!stack) {
    const message = 'Stack with id dustess-merge-sync-prod does not exist';
    const error = `<Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error>`;
    return { status: 400, headers, body: `<ErrorResponse>${error}</ErrorResponse>` };
  }
  const result = action === 'GetTemplate' ? templateXml(stack) : stackXml(stack);
  return {
    status: 200,
    headers,
    body: `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`,
  };
}

type Stack = NonNullable<Account['stack']>;
const templateXml = ({ template }: Stack) => `<TemplateBody><![CDATA[${JSON.stringify(template)}]]></TemplateBody>`;

function stackXml({ status, outputs = {} }: Stack): string {
  const members = Object.entries(outputs).map(
    ([key, [description, value]]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue><Description>${description}</Description></member>`,
  );
  return `<Stacks><member><StackStatus>${status}</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks>`;
}
