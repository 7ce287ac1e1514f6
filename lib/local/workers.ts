import { createEventLedger } from '../ledger/ledger.ts';
import type { Backbone } from './backbone.ts';
import { TENANT } from './crm-settings.ts';
import type { localHandlers } from './handlers.ts';
import { FUNCTION_MS } from './local-timing.ts';
import { startPoller } from './poller.ts';
import { requeueOpen } from './requeue-open.ts';
import { isQueueEmpty } from './resources.ts';
import { startSchedule } from './schedule.ts';
import type { LocalSettings } from './settings.ts';

const now = () => Date.now();
const PACE = { concurrency: 4, batchSize: 10 }; // The size as in serverless.yml.
const RECONCILE_EVERY_MS = 3_000;

/** What AWS does by itself: hands queued events to `apply`, and calls `reconcile` on a schedule. */
export async function startWorkers(
  settings: Pick<LocalSettings, 'sqs' | 'dynamodb'>,
  backbone: Backbone,
  { apply, reconcile }: ReturnType<typeof localHandlers>,
) {
  const { sqs: client, queueUrl } = backbone;
  const ledger = createEventLedger(backbone.tables.events, TENANT);
  const requeue = { ...backbone, now, startedAt: now(), ownTables: settings.dynamodb === undefined };
  // A queue in memory starts empty, ours or an emulator's that was started anew; one that holds messages has them all.
  let toRequeue = await isQueueEmpty(client, queueUrl);
  const ownQueue = settings.sqs === undefined;
  const poller = startPoller({ client, queueUrl, ownQueue, handler: apply, functionMs: FUNCTION_MS, now, ...PACE });
  const schedule = startSchedule(async () => {
    if (toRequeue) await requeueOpen(ledger, requeue);
    toRequeue = false;
    await reconcile({}, { getRemainingTimeInMillis: () => FUNCTION_MS });
  }, RECONCILE_EVERY_MS);
  return { stop: () => Promise.all([poller.stop(), schedule.stop()]) };
}
