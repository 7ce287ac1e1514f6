import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { close, HOST, listen } from '../../lib/local/listen.ts';
import { readBody } from '../../lib/local/read-body.ts';

export interface RuntimeApi {
  /** As the runtime client takes it in AWS_LAMBDA_RUNTIME_API. */
  address: string;
  /** @returns what the function returned. @throws when it threw, timed out, could not be loaded or died. */
  invoke(event: unknown): Promise<unknown>;
  /** Invocations that a runtime has taken, answered or not. */
  taken(): number;
  /** Fails what is under way: the process that had it is gone. */
  fail(problem: string): void;
  close(): Promise<void>;
}

interface Invocation {
  id: string;
  event: unknown;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

const MOST_BYTES = 8 * 1024 * 1024; // A function's answer may have 6 MB.
const PATHS = /^\/2018-06-01\/runtime\/(?:invocation\/(?:(next)|([^/]+)\/(response|error))|(init\/error))$/;

/** Lambda's side of the runtime API: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export async function startRuntimeApi(functionMs: number): Promise<RuntimeApi> {
  const waiting: Invocation[] = [];
  const idle: ServerResponse[] = [];
  const underWay = new Map<string, Invocation>();
  let taken = 0;

  function hand(): void {
    while (waiting.length > 0 && idle.length > 0) {
      const [invocation, response] = [waiting.shift(), idle.shift()];
      if (!invocation || !response) return;
      underWay.set(invocation.id, invocation);
      taken += 1;
      response.writeHead(200, headersOf(invocation.id, functionMs)).end(JSON.stringify(invocation.event));
    }
  }

  function fail(problem: string): void {
    const all = [...underWay.values(), ...waiting.splice(0)];
    underWay.clear();
    for (const { reject } of all) reject(new Error(problem));
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, next, id = '', how, init] = PATHS.exec(request.url ?? '') ?? [];
    if (next) {
      response.on('close', () => removeFrom(idle, response));
      idle.push(response);
      return hand();
    }
    const text = (await readBody(request, MOST_BYTES))?.toString('utf8') ?? '';
    if (init) fail(`it cannot be loaded: ${text}`);
    const invocation = underWay.get(id);
    underWay.delete(id);
    if (how === 'response') invocation?.resolve(JSON.parse(text));
    if (how === 'error') invocation?.reject(new Error(text));
    response.writeHead(202).end('{"status":"OK"}');
  }

  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  const address = `${HOST}:${await listen(server, 0)}`;
  const invoke = (event: unknown) =>
    new Promise<unknown>((resolve, reject) => {
      waiting.push({ id: randomUUID(), event, resolve, reject });
      hand();
    });
  return { address, invoke, taken: () => taken, fail, close: () => close(server, 0) };
}

function removeFrom<T>(list: T[], one: T): void {
  const at = list.indexOf(one);
  if (at >= 0) list.splice(at, 1);
}

const headersOf = (id: string, functionMs: number) => ({
  'content-type': 'application/json',
  'Lambda-Runtime-Aws-Request-Id': id,
  'Lambda-Runtime-Deadline-Ms': String(Date.now() + functionMs),
  'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:us-east-1:000000000000:function:runtime',
  'Lambda-Runtime-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0',
});
