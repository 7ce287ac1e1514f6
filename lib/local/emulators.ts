import path from 'node:path';
import dynalite from 'dynalite';
import { buildApp } from 'fauxqs';
import { close, HOST, listen } from './listen.ts';

export interface Emulators {
  dynamodb: string;
  sqs: string;
  close(): Promise<void>;
}

export interface EmulatorOptions {
  /** Where DynamoDB keeps its files; in memory if left out. SQS is always in memory. */
  dataDir?: string | undefined;
  /** Endpoints that run already; for these nothing is started. */
  dynamodb?: string | undefined;
  sqs?: string | undefined;
}

const CLOSING_MS = 500;

/** DynamoDB and SQS as the AWS SDK sees them, in this process, on free loopback ports. */
export async function startEmulators(options: EmulatorOptions): Promise<Emulators> {
  const [dynamodb, sqs] = await Promise.all([
    options.dynamodb ? running(options.dynamodb) : startDynamodb(options.dataDir),
    options.sqs ? running(options.sqs) : startSqs(),
  ]);
  return {
    dynamodb: dynamodb.url,
    sqs: sqs.url,
    close: async () => {
      await Promise.all([dynamodb.close(), sqs.close()]);
    },
  };
}

const running = async (url: string) => ({ url, close: async () => undefined });

async function startDynamodb(dataDir: string | undefined) {
  const kept = dataDir === undefined ? {} : { path: path.join(dataDir, 'dynamodb') };
  const server = dynalite({ ...kept, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  const url = `http://${HOST}:${await listen(server, 0)}`;
  return { url, close: () => close(server, CLOSING_MS) };
}

async function startSqs() {
  const app = await buildApp({ logger: false });
  const url = await app.listen({ host: HOST, port: 0 });
  const closed = async () => {
    app.server.closeAllConnections();
    await app.close();
  };
  return { url, close: closed };
}
