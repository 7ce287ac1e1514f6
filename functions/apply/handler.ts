import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { EventPointer } from '../../lib/event.ts';
import type { Log } from '../../lib/log.ts';
import type { ApplyDeps } from '../../lib/merge/apply-deps.ts';
import { applyEvent } from '../../lib/merge/apply-event.ts';

/**
 * SQS in, use case, partial batch response out. An event that waits (rate limit, busy contact) was queued anew by the
 * use case and counts as done here; only an unforeseen error is a failure and goes, after some tries, to the DLQ.
 * A tenant's events of one batch are applied in turn, the tenants side by side: a CRM that hangs delays only its own.
 */
export function createHandler(deps: Omit<ApplyDeps, 'deadline'>) {
  return async (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
    const end = deps.now() + context.getRemainingTimeInMillis() - deps.timing.callMs;
    const run: ApplyDeps = { ...deps, deadline: () => end };
    const deliveries = event.Records.map(({ messageId, body }) => ({ messageId, pointer: readPointer(body) }));
    const tenants = [...new Set(deliveries.map(({ pointer }) => pointer?.tenant))];
    const ofTenant = (tenant?: string) => deliveries.filter(({ pointer }) => pointer?.tenant === tenant);
    const failures = await Promise.all(tenants.map((tenant) => applyInTurn(ofTenant(tenant), run)));
    return { batchItemFailures: failures.flat() };
  };
}

interface Delivery {
  messageId: string;
  /** Undefined for a message that this service did not send. */
  pointer: EventPointer | undefined;
}

async function applyInTurn(deliveries: Delivery[], deps: ApplyDeps): Promise<SQSBatchResponse['batchItemFailures']> {
  const failures: SQSBatchResponse['batchItemFailures'] = [];
  for (const { messageId, pointer } of deliveries)
    if (!(await applyDelivered(pointer, deps))) failures.push({ itemIdentifier: messageId });
  return failures;
}

async function applyDelivered(pointer: EventPointer | undefined, deps: ApplyDeps): Promise<boolean> {
  try {
    if (!pointer) throw new TypeError('not a pointer');
    if (deps.now() >= deps.deadline()) await deps.queue.send(pointer);
    else await applyEvent(pointer, deps);
    return true;
  } catch (error) {
    report(deps.log, pointer, error);
    return false;
  }
}

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
