import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { StoreError } from '../../lib/errors.ts';
import type { EventPointer } from '../../lib/event.ts';
import type { OperatorAction } from '../../lib/ledger/event-states.ts';
import { startDemoCrm } from '../../lib/local/demo-crm/demo-crm.ts';
import { createLog } from '../../lib/log.ts';
import type { Fetch, Queue } from '../../lib/ports.ts';
import { operate } from '../../lib/recovery/operator-actions.ts';
import {
  CONTEXT,
  callbackEvent,
  createResources,
  createService,
  isAccepted,
  recordOf,
  type Service,
} from '../crash/service.ts';
import { KEYS, type Keys, mergeBody, sealedEnvelope } from '../local/sender.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const TENANT = 'main';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

// As infra/queues.yml and serverless.yml set them.
const VISIBILITY_MS = 360_000;
const MAX_RECEIVES = 5;
const RECONCILE_EVERY_MS = 2 * MINUTE;
const RECONCILE_IN_LONG_TIMES_MS = 20 * MINUTE;
const BATCH = 5;

interface Message {
  pointer: EventPointer;
  visibleAt: number;
  receives: number;
}

/**
 * What may be broken: DynamoDB throttles, or may not use the tables' KMS key; SQS does not answer; the CRM takes no
 * connection, or answers 503.
 */
export type Fault = 'dynamodb' | 'kms' | 'sqs' | 'crm' | 'crm-busy';

/** Whether it is broken now. */
type Faults = (fault: Fault) => boolean;

export type FaultWorld = Awaited<ReturnType<typeof openFaultWorld>>;

/**
 * The three real handlers over real tables, with a clock and a queue of the test's own: days pass in seconds. The queue
 * redelivers and gives up as the deployed one does.
 */
export async function openFaultWorld({ policy = {} } = {}) {
  const clock = { now: Date.now() };
  const brokenUntil = new Map<Fault, number>();
  const faults: Faults = (fault) => clock.now < (brokenUntil.get(fault) ?? 0);
  const lines: Record<string, unknown>[] = [];
  const messages = new Set<Message>();
  const deadLetters: EventPointer[] = [];
  const demo = await startDemoCrm({ secret: SECRET, now: () => clock.now });
  const dynamodb = throttledClient(faults);
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const resources = await createResources();
  const tenantsWith = (keys: Keys) => ({
    [TENANT]: { keys, crm: { endpoint: demo.endpoint, secret: SECRET }, policy },
  });
  const options = {
    resources,
    tenants: tenantsWith(KEYS),
    fetch: faultyFetch(faults),
    clients: { dynamodb, sqs },
    log: createLog(
      (line) => lines.push(JSON.parse(line)),
      () => clock.now,
    ),
    between: { documents: <T>(real: T) => real, queue: () => queueOf(messages, faults, clock) },
  };
  const serviceAt = (offsetMs: number, crmNow = () => clock.now) =>
    createService({ ...options, now: () => clock.now + offsetMs, crmNow });
  const service = serviceAt(0);
  const world = { clock, messages, deadLetters, service, nextReconcile: clock.now };
  return {
    ...world,
    demo,
    settings: { crm: { kind: 'http', endpoint: demo.endpoint, secret: SECRET }, policy },
    fetch: faultyFetch(faults),
    resources,
    dynamodb,
    serviceAt,
    /** The door's parameter holds other keys from now on. */
    setKeys(keys: Keys) {
      world.service = createService({ ...options, tenants: tenantsWith(keys), now: () => clock.now });
    },
    /** The functions are replaced, and what they held in memory is gone. */
    restart() {
      world.service = serviceAt(0);
    },
    /** Breaks something for so long. */
    break: (fault: Fault, ms: number) => void brokenUntil.set(fault, clock.now + ms),
    /** What the functions have logged. */
    lines,
    metrics: () => lines.flatMap(({ metric }) => (metric === undefined ? [] : [String(metric)])),
    /** One callback as the sender makes it. @returns how many tries it took until code 1 */
    callback: (id: string, survivor: string, loser: string) =>
      sendUntilAccepted(world, sealedMerge(clock, id, survivor, loser)),
    /** @returns whether one try got code 1. */
    tryOnce: (id: string, survivor: string, loser: string, sealedAt = clock.now) =>
      send(world, sealedMerge({ now: sealedAt }, id, survivor, loser)),
    /** Time passes: what is due is delivered, and `reconcile` runs every two minutes; every twenty over days. */
    pass: (ms: number) => pass(world, ms),
    operate: (id: string, action: OperatorAction) =>
      operate(id, action, { ledger: service.ledgerOf(TENANT), queue: service.queue, now: () => clock.now, by: 'test' }),
    record: (id: string) => recordOf(service.events, TENANT, id),
    ledger: service.ledgerOf(TENANT),
    async close() {
      await demo.close(0);
      dynamodb.destroy();
      sqs.destroy();
    },
  };
}

interface World {
  clock: { now: number };
  messages: Set<Message>;
  deadLetters: EventPointer[];
  service: Service;
  nextReconcile: number;
}

// The sender's page: three more tries. Here: one every five minutes, twelve times at most.
const SENDER_TRIES = 12;

const sealedMerge = (clock: { now: number }, id: string, survivor: string, loser: string) =>
  sealedEnvelope(id, mergeBody(survivor, [loser], { triggerTs: Math.floor(clock.now / 1000) }), KEYS, clock.now);

const send = async ({ service }: World, envelope: string): Promise<boolean> =>
  isAccepted(await service.receive(callbackEvent(TENANT, envelope)));

async function sendUntilAccepted(world: World, envelope: string): Promise<number> {
  for (let tries = 1; tries <= SENDER_TRIES; tries++) {
    if (await send(world, envelope)) return tries;
    await pass(world, 5 * MINUTE);
  }
  throw new Error('the callback was never accepted');
}

async function pass(world: World, ms: number): Promise<void> {
  const end = world.clock.now + ms;
  for (;;) {
    const next = Math.min(world.nextReconcile, ...[...world.messages].map(({ visibleAt }) => visibleAt));
    if (next > end) break;
    world.clock.now = Math.max(world.clock.now, next);
    if (world.nextReconcile <= world.clock.now) await reconcileNow(world, ms >= DAY);
    await deliverDue(world);
  }
  world.clock.now = end;
}

async function reconcileNow(world: World, seldom: boolean): Promise<void> {
  world.nextReconcile = world.clock.now + (seldom ? RECONCILE_IN_LONG_TIMES_MS : RECONCILE_EVERY_MS);
  await world.service.reconcile({}, CONTEXT).catch(() => undefined); // It is called again in any case.
}

async function deliverDue({ clock, messages, deadLetters, service }: World): Promise<void> {
  const due = [...messages].filter(({ visibleAt }) => visibleAt <= clock.now).slice(0, BATCH);
  for (const message of due) {
    message.visibleAt = clock.now + VISIBILITY_MS;
    message.receives += 1;
  }
  const Records = due.map(({ pointer }, index) => ({ messageId: String(index), body: JSON.stringify(pointer) }));
  const answer = await service.apply({ Records: Records as SQSRecord[] }, CONTEXT);
  const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier)));
  for (const [index, message] of due.entries()) {
    if (failed.has(index) && message.receives < MAX_RECEIVES) continue;
    messages.delete(message);
    if (failed.has(index)) deadLetters.push(message.pointer);
  }
}

function queueOf(messages: Set<Message>, faults: Faults, clock: { now: number }): Queue {
  return {
    async send(pointer, delaySeconds = 0) {
      if (faults('sqs')) throw new StoreError('SQS: the queue does not answer');
      messages.add({ pointer, visibleAt: clock.now + delaySeconds * 1000, receives: 0 });
    },
  };
}

/** A client that DynamoDB refuses as it does a table without capacity: before the request takes effect. */
function throttledClient(faults: Faults): DynamoDBClient {
  const client = new DynamoDBClient({ maxAttempts: 1 });
  client.middlewareStack.add(
    (next) => async (args) => {
      if (faults('dynamodb')) throw throttled();
      if (faults('kms')) throw keyDisabled();
      return next(args);
    },
    { step: 'deserialize', name: 'throttle', priority: 'high' },
  );
  return client;
}

const throttled = () =>
  Object.assign(new Error('The level of configured provisioned throughput for the table was exceeded.'), {
    name: 'ProvisionedThroughputExceededException',
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });

// Of a table whose key it may not use: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
const keyDisabled = () =>
  Object.assign(new Error('KMS key access denied'), {
    name: 'AccessDeniedException',
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });

function faultyFetch(faults: Faults): Fetch {
  return async (input, init) => {
    await sleep(0);
    if (faults('crm-busy')) return new Response('', { status: 503 });
    if (faults('crm'))
      throw new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) });
    return fetch(input, init);
  };
}
