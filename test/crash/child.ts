import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { CONTEXT, callbackEvent, createService, type Resources, type TenantSettings } from './service.ts';

/** What one child process is to do, and when it is to die; JSON on its stdin. */
export interface ChildOrder {
  resources: Resources;
  tenants: Record<string, TenantSettings>;
  /** Milliseconds that its clock is ahead. */
  ahead: number;
  task: { receive: { tenant: string; body: string } } | { apply: { tenant: string; eventId: string } };
  /** The n-th write, counted from 1: the process is killed before it is sent, or when its answer has come. */
  dieAt?: { write: number; when: 'before' | 'after' };
}

/** Its last line, when it was not killed. */
export interface ChildReport {
  status: number;
  /** Everything it sent that changes something: names in order. */
  writes: string[];
}

const WRITES = ['PutItemCommand', 'UpdateItemCommand', 'DeleteItemCommand', 'SendMessageCommand'];
const order = JSON.parse(readFileSync(0, 'utf8')) as ChildOrder;
const writes: string[] = [];

async function around<T>(name: string, send: () => Promise<T>): Promise<T> {
  writes.push(name);
  const { write, when } = order.dieAt ?? {};
  const last = writes.length === write;
  if (last && when === 'before') await die();
  try {
    return await send();
  } finally {
    if (last) await die(); // Refused or not, its answer has come.
  }
}

/** No handler, no `finally`, no buffer gets another turn. */
function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

interface Watchable {
  middlewareStack: { add(middleware: Middleware, options: { step: 'initialize' }): void };
}
type Middleware = (next: Next, context: { commandName?: string }) => Next;
type Next = (args: unknown) => Promise<unknown>;

function watched<C extends DynamoDBClient | SQSClient>(client: C): C {
  const watch: Middleware = (next, { commandName = '' }) =>
    WRITES.includes(commandName) ? (args) => around(commandName, () => next(args)) : next;
  (client as Watchable).middlewareStack.add(watch, { step: 'initialize' });
  return client;
}

async function main(): Promise<void> {
  const service = createService({
    ...order,
    now: () => Date.now() + order.ahead,
    fetch: (url, init) => around('CRM', () => fetch(url, init)),
    clients: {
      dynamodb: watched(new DynamoDBClient()),
      sqs: watched(new SQSClient({ useQueueUrlAsEndpoint: false })),
    },
  });
  const status =
    'receive' in order.task ? await receive(service, order.task.receive) : await apply(service, order.task.apply);
  const report: ChildReport = { status, writes };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

type Service = ReturnType<typeof createService>;

async function receive(service: Service, { tenant, body }: { tenant: string; body: string }): Promise<number> {
  return (await service.receive(callbackEvent(tenant, body))).statusCode ?? 0;
}

async function apply(service: Service, pointer: { tenant: string; eventId: string }): Promise<number> {
  const record = { messageId: '1', body: JSON.stringify(pointer) };
  const { batchItemFailures } = await service.apply({ Records: [record] } as never, CONTEXT);
  return batchItemFailures.length;
}

void main().then(() => process.exit(0));
