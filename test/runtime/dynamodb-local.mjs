import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../free-port.mjs';
import { dynamodbLocalFolder } from './tools.mjs';

const READY_WITHIN_MS = 120_000;

/** Amazon's DynamoDB Local in memory, on a free loopback port. @returns its URL and how to end it. */
export async function startDynamodbLocal() {
  const port = await freePort();
  const jar = ['-Djava.library.path=./DynamoDBLocal_lib', '-jar', 'DynamoDBLocal.jar'];
  const options = ['-inMemory', '-disableTelemetry', '-port', String(port)];
  const child = spawn('java', [...jar, ...options], { cwd: dynamodbLocalFolder(), stdio: 'ignore' });
  const failed = once(child, 'error').then(([error]) => {
    throw error.code === 'ENOENT'
      ? new Error('Java 17 is not installed: apt-get install openjdk-17-jre-headless')
      : error;
  });
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([untilItAnswers(url, child), failed]);
  return { url, stop: () => end(child) };
}

/** Any answer will do: an unsigned request gets 400. */
async function untilItAnswers(url, child) {
  for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until; ) {
    if (child.exitCode !== null) throw new Error(`DynamoDB Local ended with exit code ${child.exitCode}`);
    if (await fetch(url).then(Boolean, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill('SIGKILL');
  throw new Error(`DynamoDB Local did not answer within ${READY_WITHIN_MS / 1000} s`);
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}
