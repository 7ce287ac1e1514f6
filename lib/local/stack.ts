import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { Fetch } from '../ports.ts';
import type { Sentence } from '../sentence.ts';
import { startBackbone } from './backbone.ts';
import { createLocalCrm, createLocalLinkable, TENANT } from './crm-settings.ts';
import { startDemoCrm } from './demo-crm/demo-crm.ts';
import type { PageStep } from './demo-crm/page.ts';
import { type Routes, startGateway } from './gateway.ts';
import { localHandlers } from './handlers.ts';
import { intakeSettings } from './intake-settings.ts';
import { startLocalConsole } from './local-console.ts';
import { LocalProblem } from './local-problem.ts';
import { lockFolder } from './lock-folder.ts';
import { outsideOf } from './outside.ts';
import { localRoutes } from './routes.ts';
import type { LocalSettings } from './settings.ts';
import { nextSteps } from './story/next-steps.ts';
import { CHINESE, ENGLISH } from './story/words.ts';
import { startWorkers } from './workers.ts';

export type Stack = Awaited<ReturnType<typeof startStack>>;

const now = () => Date.now();
const CLOSING_MS = 1_000;

/** Everything of `npm start`, in this process, on loopback ports. @throws ConfigError */
export async function startStack(settings: LocalSettings, log: Log) {
  const lock = settings.dataDir === undefined ? undefined : await lockFolder(settings.dataDir);
  const backbone = await startBackbone({ ...settings, unclean: lock?.unclean ?? false }, now);
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  let pageSteps: PageStep[] = [];
  let consolePage: ((path: string) => string) | undefined;
  const demo = settings.crm.crm
    ? undefined
    : await startDemoCrm({
        secret,
        now,
        steps: () => pageSteps,
        consolePage: (path) => consolePage?.(path),
        ...demoFile(settings),
      });
  const demoSettings = { kind: 'http', endpoint: demo?.endpoint ?? '', secret };
  const crmFetch = countCalls(fetch);
  const { adapters } = settings;
  const crmParts = { fetch: crmFetch.fetch, now, sleep, ledger: backbone.tables.ledger, adapters };
  const crm = await createLocalCrm(settings.crm, demoSettings, crmParts);
  const linking = await createLocalLinkable(settings.crm, demoSettings, crmParts);
  const handlers = localHandlers({ ...backbone, crm, log, now, door: intakeSettings(settings) });
  const gateway = await openGateway(settings, localRoutes({ ...backbone, demo, receive: handlers.receive }), log);
  pageSteps = stepsForPage(gateway.url, settings);
  const pages = await startLocalConsole({
    ...{ ...backbone, url: gateway.url, language: settings.language, demo, now, crm },
    ...(linking && { linking: { crm: linking, country: crm.policy.link?.country ?? 'CN' } }),
  });
  consolePage = pages.freshUrl;
  const workers = await startWorkers(settings, backbone, handlers);
  return {
    url: gateway.url,
    callbackUrl: callbackUrlOf(gateway.url),
    demo,
    console: pages,
    outside: outsideOf(settings),
    /** Requests that the CRM has been sent so far. */
    crmCalls: crmFetch.calls,
    async close() {
      // An event in hand that takes longer is gone on with after the next start.
      await Promise.race([Promise.all([gateway.close(CLOSING_MS), workers.stop()]), sleep(2 * CLOSING_MS)]);
      await Promise.all([pages.close(), demo?.close(CLOSING_MS), backbone.close()]);
      await lock?.release();
    },
  };
}

const callbackUrlOf = (url: string) => `${url}/callback/${TENANT}`;

function stepsForPage(url: string, settings: LocalSettings): PageStep[] {
  const steps = nextSteps({ url, callbackUrl: callbackUrlOf(url), demo: {} }, settings);
  return steps.map(({ why, command }) => ({ en: why(ENGLISH), zh: why(CHINESE), command: command.join(' ') }));
}

function countCalls(inner: Fetch) {
  let count = 0;
  const counted: Fetch = (url, init) => {
    count += 1;
    return inner(url, init);
  };
  return { fetch: counted, calls: () => count };
}

function openGateway({ port, tunnelHost }: LocalSettings, routes: Routes, log: Log) {
  const onRefused = (reason: string) => log.warn('request refused', { reason });
  return startGateway(routes, { port, now, tunnelHost, onRefused }).catch(explainPort(port));
}

const demoFile = ({ dataDir }: LocalSettings) =>
  dataDir === undefined ? {} : { file: path.join(dataDir, 'demo-crm.jsonl') };

function explainPort(port: number) {
  return (error: NodeJS.ErrnoException): never => {
    const sentence = PORT_PROBLEMS[error.code ?? '']?.(port);
    throw sentence ? new LocalProblem(sentence) : error;
  };
}

const PORT_PROBLEMS: Record<string, (port: number) => Sentence> = {
  EADDRINUSE: (port) => ({
    en: `Port ${port} is taken: stop what uses it, or choose another one, as in PORT=${port + 1} npm start`,
    zh: `端口 ${port} 已被占用：请停止占用它的程序，或换一个端口，例如 PORT=${port + 1} npm start`,
  }),
  EACCES: (port) => ({
    en: `Port ${port} needs privileges: choose one above 1023 with PORT`,
    zh: `端口 ${port} 需要特权：请用 PORT 指定大于 1023 的端口`,
  }),
};
