import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { problemOf } from '../../lib/errors.ts';
import type { EventPointer } from '../../lib/event.ts';
import { asObject } from '../../lib/json.ts';
import type { Log } from '../../lib/log.ts';
import type { ApplyDeps } from '../../lib/merge/apply-deps.ts';
import { applyEvent, type CarryOutUndo } from '../../lib/merge/apply-event.ts';
import type { Room, TenantCrm } from '../../lib/merge/tenant-crm.ts';
import { MAX_DELAY_SECONDS } from '../../lib/ports.ts';

/**
 * SQS in, use case, partial batch response out. An event that waits (rate limit, busy contact) was queued anew by the
 * use case and counts as done here; only an unforeseen error is a failure and goes, after some tries, to the DLQ.
 * The tenants are served side by side: a CRM that hangs delays only its own. A tenant's events of one batch are applied
 * in turn, or several at once where its CRM bears that.
 */
export function createHandler(deps: Omit<ApplyDeps, 'deadline'>) {
  return async (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
    if (!Array.isArray(event.Records)) {
      deps.log.warn(NO_MESSAGES);
      return { batchItemFailures: [] };
    }
    const end = deps.now() + context.getRemainingTimeInMillis() - deps.timing.callMs;
    const run: ApplyDeps = { ...deps, deadline: () => end };
    const deliveries = event.Records.map(({ messageId, body }) => ({ messageId, pointer: readPointer(body) }));
    const tenants = [...new Set(deliveries.map(({ pointer }) => pointer?.tenant))];
    const ofTenant = (tenant?: string) => deliveries.filter(({ pointer }) => pointer?.tenant === tenant);
    const failures = await Promise.all(tenants.map((tenant) => applyOfTenant(tenant, ofTenant(tenant), run)));
    return { batchItemFailures: failures.flat() };
  };
}

/** A test event of the AWS console. */
const NO_MESSAGES = 'not a batch of SQS messages, so nothing was done: the queue delivers events by itself';

interface Delivery {
  messageId: string;
  /** Undefined for a message that this service did not send. */
  pointer: EventPointer | undefined;
}

/** Loaded when an operator takes a merge back. */
const undo: CarryOutUndo = async (claimed, tenant) =>
  (await import('../../lib/undo/carry-out.ts')).carryOutUndo(claimed, tenant);

type Failures = SQSBatchResponse['batchItemFailures'];

async function applyOfTenant(tenant: string | undefined, deliveries: Delivery[], deps: ApplyDeps): Promise<Failures> {
  const room = tenant === undefined ? undefined : await roomOf(tenant, deps);
  const failures: Failures = [];
  const working = new Set<Promise<void>>();
  for (const [index, delivery] of deliveries.entries()) {
    while (working.size >= (room?.atOnce() ?? 1)) await Promise.race(working);
    if (room?.isFull()) {
      failures.push(...(await sendBack(deliveries.slice(index), room, deps)));
      break;
    }
    const done = applyDelivered(delivery.pointer, deps).then((isDone) => {
      if (!isDone) failures.push(failureOf(delivery));
      working.delete(done);
    });
    working.add(done);
  }
  await Promise.all(working);
  return failures;
}

const failureOf = ({ messageId }: Delivery) => ({ itemIdentifier: messageId });

/** Settings that cannot be read are for each event to find out. */
async function roomOf(tenant: string, { tenantCrm }: ApplyDeps): Promise<TenantCrm['room']> {
  return tenantCrm(tenant).then(
    ({ room }) => room,
    () => undefined,
  );
}

/** Unopened, each with a place of its own in the line: so not all of a backlog comes back at the same time. */
async function sendBack(deliveries: Delivery[], room: Room, deps: ApplyDeps): Promise<Failures> {
  const { firstMs, lastMs } = await room.comeBack(deliveries.length);
  const between = (lastMs - firstMs) / deliveries.length;
  const sent = deliveries.map(async (delivery, index) => {
    const seconds = Math.ceil((firstMs + between * (index + deps.random())) / 1000);
    return (await sendLater(delivery.pointer, seconds, deps)) ? [] : [failureOf(delivery)];
  });
  return (await Promise.all(sent)).flat();
}

/** @returns whether the message is in the queue again: then this one is done. */
function sendLater(pointer: EventPointer | undefined, seconds: number, deps: ApplyDeps): Promise<boolean> {
  return attempt(pointer, deps.log, (known) => deps.queue.send(known, Math.min(seconds, MAX_DELAY_SECONDS)));
}

function applyDelivered(pointer: EventPointer | undefined, deps: ApplyDeps): Promise<boolean> {
  return attempt(pointer, deps.log, (known) =>
    deps.now() >= deps.deadline() ? deps.queue.send(known) : applyEvent(known, deps, undo),
  );
}

async function attempt(pointer: EventPointer | undefined, log: Log, work: (known: EventPointer) => Promise<void>) {
  try {
    if (!pointer) throw new TypeError('not a pointer');
    await work(pointer);
    return true;
  } catch (error) {
    report(log, pointer, error);
    return false;
  }
}

function report(log: Log, pointer: EventPointer | undefined, error: unknown): void {
  const ids = { tenant: pointer?.tenant, eventId: pointer?.eventId };
  log.error('delivery failed', { ...ids, problem: problemOf(error), metric: 'apply-failed' });
}

function readPointer(body: string): EventPointer | undefined {
  try {
    const { tenant, eventId } = asObject(JSON.parse(body));
    return typeof tenant === 'string' && typeof eventId === 'string' ? { tenant, eventId } : undefined;
  } catch {
    return undefined;
  }
}
