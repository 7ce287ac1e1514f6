import type { IncomingMessage, Server } from 'node:http';
import path from 'node:path';
import dynalite from 'dynalite';
import { buildApp } from 'fauxqs';
import { guardServer } from './guard-server.ts';
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

/** DynamoDB and SQS as the AWS SDK sees them, in this process, on free loopback ports, closed to browsers. */
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

/** The folder below DATA_DIR that holds the tables. */
export const tablesFolder = (dataDir: string) => path.join(dataDir, 'dynamodb');

async function startDynamodb(dataDir: string | undefined) {
  const kept = dataDir === undefined ? {} : { path: tablesFolder(dataDir) };
  const server = dynalite({ ...kept, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  surviveAbortedRequests(server);
  guardServer(server, { pages: false });
  const url = `http://${HOST}:${await listen(server, 0)}`;
  return { url, close: () => close(server, CLOSING_MS) };
}

/** dynalite throws the error of a request whose sender has hung up, which would end this process. */
function surviveAbortedRequests(server: Server): void {
  server.on('request', (request: IncomingMessage) => {
    request.removeAllListeners('error');
    request.on('error', () => undefined);
  });
}

async function startSqs() {
  const app = await buildApp({ logger: false });
  guardServer(app.server, { pages: false });
  const url = await app.listen({ host: HOST, port: 0 });
  const closed = async () => {
    app.server.closeAllConnections();
    await app.close();
  };
  return { url, close: closed };
}
