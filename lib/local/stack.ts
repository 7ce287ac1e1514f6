import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../errors.ts';
import { createEventLedger } from '../ledger/ledger.ts';
import type { Log } from '../log.ts';
import { type Backbone, startBackbone } from './backbone.ts';
import { claimFolder } from './claim-folder.ts';
import { createLocalCrm, TENANT } from './crm-settings.ts';
import { startDemoCrm } from './demo-crm/demo-crm.ts';
import { doorOf } from './door.ts';
import { startGateway } from './gateway.ts';
import { localHandlers } from './handlers.ts';
import { FUNCTION_MS } from './local-timing.ts';
import { startPoller } from './poller.ts';
import { requeueOpen } from './requeue-open.ts';
import { localRoutes } from './routes.ts';
import { startSchedule } from './schedule.ts';
import type { LocalSettings } from './settings.ts';

export type Stack = Awaited<ReturnType<typeof startStack>>;

const now = () => Date.now();
const CLOSING_MS = 1_000;

/** Everything of `npm start`, in this process, on loopback ports. @throws ConfigError */
export async function startStack(settings: LocalSettings, log: Log) {
  const release = settings.dataDir === undefined ? undefined : claimFolder(settings.dataDir);
  const backbone = await startBackbone(settings, now);
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const demo = settings.crm.crm ? undefined : await startDemoCrm({ secret, now, ...demoFile(settings) });
  const demoSettings = { kind: 'http', endpoint: demo?.endpoint ?? '', secret };
  const crm = createLocalCrm(settings.crm, demoSettings, { fetch, now, sleep, ledger: backbone.tables.ledger });
  const handlers = localHandlers({ ...backbone, crm, log, now, door: doorOf(settings) });
  const routes = localRoutes({ ...backbone, receive: handlers.receive });
  const gateway = await startGateway(routes, settings.port, now).catch(explainPort(settings.port));
  const workers = startWorkers(settings, backbone, handlers);
  return {
    url: gateway.url,
    callbackUrl: `${gateway.url}/callback/${TENANT}`,
    demo,
    async close() {
      // An event in hand that takes longer is gone on with after the next start.
      await Promise.race([Promise.all([gateway.close(CLOSING_MS), workers.stop()]), sleep(2 * CLOSING_MS)]);
      await Promise.all([demo?.close(CLOSING_MS), backbone.close()]);
      release?.();
    },
  };
}

const demoFile = ({ dataDir }: LocalSettings) =>
  dataDir === undefined ? {} : { file: path.join(dataDir, 'demo-crm.jsonl') };

function startWorkers(settings: LocalSettings, backbone: Backbone, handlers: ReturnType<typeof localHandlers>) {
  const { sqs: client, queueUrl } = backbone;
  const ownQueue = settings.sqs === undefined;
  const handler = handlers.apply;
  const poller = startPoller({ client, queueUrl, ownQueue, handler, functionMs: FUNCTION_MS, now, ...PACE });
  // Emulators that run elsewhere keep their queue, and may have other workers.
  let toRequeue = ownQueue && settings.dynamodb === undefined;
  const startedAt = now();
  const schedule = startSchedule(async () => {
    if (toRequeue)
      await requeueOpen(createEventLedger(backbone.tables.events, TENANT), { ...backbone, now, startedAt });
    toRequeue = false;
    await handlers.reconcile({}, { getRemainingTimeInMillis: () => FUNCTION_MS });
  }, RECONCILE_EVERY_MS);
  return { stop: () => Promise.all([poller.stop(), schedule.stop()]) };
}

const PACE = { concurrency: 4, batchSize: 5 }; // The size as in serverless.yml.
const RECONCILE_EVERY_MS = 3_000;

function explainPort(port: number) {
  return (error: NodeJS.ErrnoException): never => {
    if (error.code === 'EADDRINUSE')
      throw new ConfigError(
        `Port ${port} is taken: stop what uses it, or choose another one, as in PORT=${port + 1} npm start`,
      );
    if (error.code === 'EACCES')
      throw new ConfigError(`Port ${port} needs privileges: choose one above 1023 with PORT`);
    throw error;
  };
}
