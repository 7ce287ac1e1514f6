import startEmulators from '../emulators/start.mjs';
import { startDynamodbLocal } from './dynamodb-local.mjs';
import { node24, runtimeClient } from './tools.mjs';

/** Jest's globalSetup: DynamoDB Local, and the project's own emulator of SQS. */
export default async function start() {
  process.env.RUNTIME_TOOLS = JSON.stringify({ node: node24(), client: runtimeClient() });
  globalThis.dynamodbLocal = await startDynamodbLocal();
  process.env.AWS_ENDPOINT_URL_DYNAMODB = globalThis.dynamodbLocal.url;
  await startEmulators();
}
