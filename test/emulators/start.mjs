import { fork } from 'node:child_process';

const READY_WITHIN_MS = 600_000; // A busy machine is slow, not wrong.

/**
 * Jest's globalSetup: endpoints and dummy credentials in the environment, as the AWS SDK reads them.
 * With `AWS_ENDPOINT_URL_DYNAMODB` and `AWS_ENDPOINT_URL_SQS` already set nothing is started: the same tests
 * then run against whatever listens there, for example the vendor's own DynamoDB Local.
 */
export default async function start() {
  const env = process.env;
  if (!(env.AWS_ENDPOINT_URL_DYNAMODB && env.AWS_ENDPOINT_URL_SQS)) {
    const { child, endpoints } = await startServers();
    globalThis.emulators = child;
    env.AWS_ENDPOINT_URL_DYNAMODB ||= endpoints.dynamodb;
    env.AWS_ENDPOINT_URL_SQS ||= endpoints.sqs;
  }
  // Never the developer's own account: these win over profiles and are worth nothing anywhere.
  env.AWS_ACCESS_KEY_ID = 'test';
  env.AWS_SECRET_ACCESS_KEY = 'test';
  delete env.AWS_SESSION_TOKEN;
  delete env.AWS_PROFILE;
  env.AWS_REGION = 'us-east-1';
  // The SDK is pinned and Lambda runs a newer Node: its notice about Node 20 is of no use in test output.
  env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
}

function startServers() {
  const child = fork(new URL('./servers.mjs', import.meta.url), {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    const fail = (why) => {
      child.kill();
      reject(new Error(`the DynamoDB and SQS emulators did not start: ${why}`));
    };
    const timer = setTimeout(fail, READY_WITHIN_MS, `no answer within ${READY_WITHIN_MS / 1000} s`);
    child.once('exit', (code) => fail(`exit code ${code}`));
    child.once('error', (error) => fail(error.message));
    child.once('message', (endpoints) => {
      clearTimeout(timer);
      child.removeAllListeners();
      child.unref();
      child.channel.unref();
      resolve({ child, endpoints });
    });
  });
}
