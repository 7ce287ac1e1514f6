import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type NotifyDeps, notify } from '../../lib/notify/notify.ts';

/** Alarms and the schedule's ticks in, use case, partial batch response out: what a robot did not take comes again. */
export function createHandler(deps: NotifyDeps) {
  return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const failed = await notify(
      Records.map(({ messageId, body }) => ({ id: messageId, body })),
      deps,
    );
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
