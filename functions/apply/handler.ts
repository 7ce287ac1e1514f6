import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { EventPointer } from '../../lib/event.ts';
import type { Log } from '../../lib/log.ts';
import { applyEvent } from '../../lib/merge/apply-event.ts';
import type { ApplyDeps } from '../../lib/merge/work.ts';

/**
 * SQS in, use case, partial batch response out. An event that waits (rate limit, busy contact) was queued anew by the
 * use case and counts as done here; only what nobody foresaw is a failure and goes, after some tries, to the DLQ.
 */
export function createHandler(deps: Omit<ApplyDeps, 'deadline'>) {
  return async (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
    const end = deps.now() + context.getRemainingTimeInMillis() - deps.timing.callMs;
    const run: ApplyDeps = { ...deps, deadline: () => end };
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const record of event.Records)
      if (!(await applyRecord(record, run))) batchItemFailures.push({ itemIdentifier: record.messageId });
    return { batchItemFailures };
  };
}

async function applyRecord(record: SQSRecord, deps: ApplyDeps): Promise<boolean> {
  const pointer = readPointer(record.body);
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
