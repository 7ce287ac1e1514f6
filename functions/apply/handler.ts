import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { EventPointer } from '../../lib/event.ts';
import type { Log } from '../../lib/log.ts';
import type { ApplyDeps } from '../../lib/merge/apply-deps.ts';
import { applyEvent } from '../../lib/merge/apply-event.ts';
import type { Room, TenantCrm } from '../../lib/merge/tenant-crm.ts';

/**
 * SQS in, use case, partial batch response out. An event that waits (rate limit, busy contact) was queued anew by the
 * use case and counts as done here; only an unforeseen error is a failure and goes, after some tries, to the DLQ.
 * The tenants are served side by side: a CRM that hangs delays only its own. A tenant's events of one batch are applied
 * in turn, or several at once where its CRM bears that.
 */
export function createHandler(deps: Omit<ApplyDeps, 'deadline'>) {
  return async (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
    const end = deps.now() + context.getRemainingTimeInMillis() - deps.timing.callMs;
    const run: ApplyDeps = { ...deps, deadline: () => end };
    const deliveries = event.Records.map(({ messageId, body }) => ({ messageId, pointer: readPointer(body) }));
    const tenants = [...new Set(deliveries.map(({ pointer }) => pointer?.tenant))];
    const ofTenant = (tenant?: string) => deliveries.filter(({ pointer }) => pointer?.tenant === tenant);
    const failures = await Promise.all(tenants.map((tenant) => applyOfTenant(tenant, ofTenant(tenant), run)));
    return { batchItemFailures: failures.flat() };
  };
}

interface Delivery {
  messageId: string;
  /** Undefined for a message that this service did not send. */
  pointer: EventPointer | undefined;
}

type Failures = SQSBatchResponse['batchItemFailures'];

const SPREAD = 4;
const ONE_BY_ONE: Room = { atOnce: 1, notBefore: 0 };

async function applyOfTenant(tenant: string | undefined, deliveries: Delivery[], deps: ApplyDeps): Promise<Failures> {
  const room = tenant === undefined ? undefined : await roomOf(tenant, deps);
  const failures: Failures = [];
  const working = new Set<Promise<void>>();
  for (const { messageId, pointer } of deliveries) {
    while (working.size >= (room?.() ?? ONE_BY_ONE).atOnce) await Promise.race(working);
    const done = applyDelivered(pointer, deps, (room?.() ?? ONE_BY_ONE).notBefore).then((isDone) => {
      if (!isDone) failures.push({ itemIdentifier: messageId });
      working.delete(done);
    });
    working.add(done);
  }
  await Promise.all(working);
  return failures;
}

/** Settings that cannot be read are for each event to find out. */
async function roomOf(tenant: string, { tenantCrm }: ApplyDeps): Promise<TenantCrm['room']> {
  return tenantCrm(tenant).then(
    ({ room }) => room,
    () => undefined,
  );
}

async function applyDelivered(pointer: EventPointer | undefined, deps: ApplyDeps, notBefore: number): Promise<boolean> {
  try {
    if (!pointer) throw new TypeError('not a pointer');
    if (deps.now() >= deps.deadline()) await deps.queue.send(pointer);
    else if (deps.now() < notBefore) await deps.queue.send(pointer, secondsUntil(notBefore, deps));
    else await applyEvent(pointer, deps);
    return true;
  } catch (error) {
    report(deps.log, pointer, error);
    return false;
  }
}

/** At least until then; spread out, so that not all of a backlog comes back at the same time. */
const secondsUntil = (moment: number, { now, random }: ApplyDeps) =>
  Math.ceil(((moment - now()) / 1000) * (1 + SPREAD * random()));

function report(log: Log, pointer: EventPointer | undefined, error: unknown): void {
  const problem = error instanceof Error ? error.name : 'unknown';
  log.error('delivery failed', { tenant: pointer?.tenant, eventId: pointer?.eventId, problem, metric: 'apply-failed' });
}

function readPointer(body: string): EventPointer | undefined {
  try {
    const { tenant, eventId } = JSON.parse(body) as Partial<EventPointer>;
    return typeof tenant === 'string' && typeof eventId === 'string' ? { tenant, eventId } : undefined;
  } catch {
    return undefined;
  }
}
