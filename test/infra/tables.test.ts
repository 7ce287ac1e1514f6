import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { parse } from 'yaml';
import { tableExists } from '../../infra/deploy/facts.ts';
import { importCommands, importFiles } from '../../infra/tables/import-template.ts';
import { removeEmptyTables } from '../../infra/tables/remove-empty.ts';
import { createTable } from '../aws/tables.ts';
import { type RecordedRequest, startRecordingServer } from '../contracts/recording-server.ts';

const { Resources } = parse(readFileSync(path.join(__dirname, '../../infra/tables.yml'), 'utf8'), { merge: true });
const dynamodb = new DynamoDBClient({});
const lines: string[] = [];
const deps = { dynamodb, print: (line: string) => lines.push(line) };

beforeEach(() => {
  lines.length = 0;
});

describe('empty tables that a failed deployment left', () => {
  it('are deleted', async () => {
    for (const name of ['left-events', 'left-ledger']) await createTable(dynamodb, name);
    await removeEmptyTables(['left-events', 'left-ledger'], false, deps);
    expect(await Promise.all(['left-events', 'left-ledger'].map((name) => tableExists(dynamodb, name)))).toEqual([
      false,
      false,
    ]);
    expect(lines).toEqual(['left-events: was empty, is deleted', 'left-ledger: was empty, is deleted']);
  });

  it('promise 3: none is deleted where one of them has anything in it', async () => {
    for (const name of ['full-events', 'full-ledger']) await createTable(dynamodb, name);
    await dynamodb.send(
      new PutItemCommand({ TableName: 'full-ledger', Item: { pk: { S: 'main#contact#a' }, sk: { S: 'd#' } } }),
    );
    const removing = removeEmptyTables(['full-events', 'full-ledger'], false, deps);
    await expect(removing).rejects.toThrow(/Not empty: full-ledger. Nothing was deleted/);
    for (const name of ['full-events', 'full-ledger']) expect(await tableExists(dynamodb, name)).toBe(true);
  });

  it('promise 3: none is deleted where the running stack has them', async () => {
    await createTable(dynamodb, 'owned-events');
    await expect(removeEmptyTables(['owned-events'], true, deps)).rejects.toThrow(/belong to the stack/);
    expect(await tableExists(dynamodb, 'owned-events')).toBe(true);
  });

  it('that do not exist are no error', async () => {
    await removeEmptyTables(['none-events', 'none-ledger'], false, deps);
    expect(lines).toEqual(['There is no table none-events and none none-ledger: nothing to delete.']);
  });

  it('lose their deletion protection first, after they were found empty', async () => {
    const calls: string[] = [];
    let isThere = true;
    const server = await startRecordingServer(({ headers }: RecordedRequest) => {
      const call = headers['x-amz-target']?.split('.')[1] ?? '';
      if (call !== 'DescribeTable') calls.push(call);
      if (call === 'DeleteTable') isThere = false;
      const missing = { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException' };
      const table = { Table: { TableStatus: 'ACTIVE', DeletionProtectionEnabled: true } };
      const body = call === 'Scan' ? { Items: [] } : table;
      return {
        status: isThere || call === 'DeleteTable' ? 200 : 400,
        headers: { 'content-type': 'application/x-amz-json-1.0' },
        body: JSON.stringify(isThere || call === 'DeleteTable' ? body : missing),
      };
    });
    try {
      await removeEmptyTables(['protected'], false, {
        ...deps,
        dynamodb: new DynamoDBClient({ endpoint: server.url }),
      });
      expect(calls).toEqual(['Scan', 'UpdateTable', 'DeleteTable']);
      const update = server.requests.find(({ headers }) => headers['x-amz-target']?.endsWith('UpdateTable'));
      expect(JSON.parse(update?.body ?? '')).toEqual({ TableName: 'protected', DeletionProtectionEnabled: false });
    } finally {
      await server.close();
    }
  });
});

describe('the import of tables into a new stack', () => {
  const named = (name: string) => ({
    ...Resources[name],
    Properties: { ...Resources[name].Properties, TableName: `p-${name}`, DeletionProtectionEnabled: true },
  });
  const packaged = {
    Metadata: { Parameters: { prefix: 'p' } },
    Outputs: { QueueUrl: { Value: '' } },
    Resources: {
      EventsTable: named('EventsTable'),
      LedgerTable: named('LedgerTable'),
      Topic: { Type: 'AWS::SNS::Topic' },
    },
  };
  const files = importFiles(packaged);

  it('has the tables as the whole stack has them, each with a deletion policy, and nothing else', () => {
    expect(files.template.Resources).toEqual({
      EventsTable: packaged.Resources.EventsTable,
      LedgerTable: packaged.Resources.LedgerTable,
    });
    for (const table of Object.values(files.template.Resources ?? {}))
      expect(table).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate' });
    expect(Object.keys(files.template).sort()).toEqual(['Metadata', 'Resources']);
  });

  it('names each table by its name', () => {
    expect(files.resources).toEqual(
      ['EventsTable', 'LedgerTable'].map((name) => ({
        ResourceType: 'AWS::DynamoDB::Table',
        LogicalResourceId: name,
        ResourceIdentifier: { TableName: `p-${name}` },
      })),
    );
  });

  it('is made by four commands, each of which names the region', () => {
    const commands = importCommands('stack', 'cn-north-1', 'a.json', 'b.json');
    expect(commands.map((command) => command.split(' ').slice(1, 4).join(' '))).toEqual([
      'cloudformation create-change-set --stack-name',
      'cloudformation wait change-set-create-complete',
      'cloudformation execute-change-set --stack-name',
      'cloudformation wait stack-import-complete',
    ]);
    for (const command of commands) expect(command).toContain('--region cn-north-1');
    expect(commands[0]).toContain('--change-set-type IMPORT');
  });
});
