import { createInterface } from 'node:readline/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { runOsls } from '../osls.ts';
import { readPackaged } from '../packaged.ts';
import { runProgram } from '../program.ts';
import { deploy } from './deploy.ts';
import { readDeployOptions } from './options.ts';

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(question);
  terminal.close();
  return answer;
}

// What `npm run deploy` runs.
await runProgram(async () => {
  const { region, profile, ...options } = readDeployOptions(process.argv.slice(2), process.env);
  const config = { region, ...(profile !== undefined && { profile }) };
  const deployed = await deploy(options, {
    clients: {
      cloudFormation: new CloudFormationClient(config),
      dynamodb: new DynamoDBClient(config),
      lambda: new LambdaClient(config),
      ssm: new SSMClient(config),
    },
    osls: runOsls,
    readPackaged,
    ...(process.stdin.isTTY && { ask }),
    now: Date.now,
    print: (line) => process.stdout.write(`${line}\n`),
  });
  if (!deployed) process.exitCode = 1;
});
