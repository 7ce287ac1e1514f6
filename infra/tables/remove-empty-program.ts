import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readRunningStack } from '../deploy/facts.ts';
import { readDeployOptions } from '../deploy/options.ts';
import { TABLES, tableName } from '../deploy/template.ts';
import { runOsls } from '../osls.ts';
import { readPackaged } from '../packaged.ts';
import { runProgram } from '../program.ts';
import { removeEmptyTables } from './remove-empty.ts';

// What `npm run tables:remove-empty` runs.
await runProgram(async () => {
  const { args, region, profile } = readDeployOptions(process.argv.slice(2), process.env);
  const config = { region, ...(profile !== undefined && { profile }) };
  await runOsls(['package', ...args]);
  const { stackName, template } = readPackaged();
  const running = await readRunningStack(new CloudFormationClient(config), stackName);
  const owned = TABLES.some((table) => running?.template.Resources?.[table] !== undefined);
  await removeEmptyTables(
    TABLES.map((table) => tableName(template, table)),
    owned,
    { dynamodb: new DynamoDBClient(config), print: (line) => process.stdout.write(`${line}\n`) },
  );
});
