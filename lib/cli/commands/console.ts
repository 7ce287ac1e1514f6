import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import type { ConsoleOptions, Deployment } from '../../console/deployment.ts';
import { ConfigError } from '../../errors.ts';
import { createLedger } from '../../ledger/ledger.ts';
import type { Language } from '../../sentence.ts';
import { PAGE_CLIENT } from '../aws-client.ts';
import { awsProblem } from '../aws-problem.ts';
import { inChinese } from '../chinese.ts';
import { messageIn, Refused, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { localUrl } from '../local-stack.ts';
import { operatorName } from '../operator-name.ts';
import { placeOfQueue } from '../queue-place.ts';
import { addServiceOptions, openService, prefixOf, type Service, type ServiceOptions } from '../service-options.ts';
import { onStop } from '../stop-signals.ts';
import { tenantNames } from '../tenant-names.ts';

interface ConsoleCommandOptions extends ServiceOptions {
  allowActions?: true;
  by?: string;
  recordUrl?: string;
}

export function consoleCommand(io: Io): Command {
  const command = new Command('console')
    .summary('open the console: pages that show what happened and what waits')
    .description(
      'Serves pages on this machine only, with your own AWS rights: what waits for you and why, every event with what ' +
        'was done, who a contact is now. It ends with Ctrl-C, or after an hour without a request.',
    );
  return addServiceOptions(command)
    .option('--allow-actions', 'let the pages replay, release, settle, link and undo events; without it they only show')
    .option('--by <name>', 'who acts, kept with the event (default: $USER)')
    .option('--record-url <url>', 'how a CRM record is opened, with {record} or {contact} for its id')
    .addHelpText('after', EXAMPLES)
    .action((options: ConsoleCommandOptions) => serveConsole(options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync console --prefix merge-sync-prod
  npx merge-sync console --prefix merge-sync-prod --allow-actions --record-url 'https://crm.example.com/contacts/{record}'
  npx merge-sync console --local`;

const IDLE_MS = 3_600_000;
const LOOK_EVERY_MS = 30_000;

async function serveConsole(options: ConsoleCommandOptions, io: Io): Promise<void> {
  const recordUrl = checkedRecordUrl(options.recordUrl);
  const service = await openService(options, io, PAGE_CLIENT);
  const { startConsole } = await import('../../console/server.ts');
  const running = await startConsole({
    deployment: await deploymentOf(options, service, io),
    operator: options.allowActions ? operatorName(options.by, io) : '',
    allowActions: options.allowActions === true,
    language: io.language,
    ...(recordUrl !== undefined && { recordUrl }),
    ...machine(io),
  });
  io.out(running.freshUrl());
  io.err(HOW);
  await untilOver(() => io.now() - running.lastRequestAt() > IDLE_MS);
  await running.close();
}

const HOW =
  'Open this address in a browser of this machine: it is good for one browser, for 15 minutes. Ctrl-C ends it.';

const machine = (io: Io): Pick<ConsoleOptions, 'now' | 'newId' | 'newToken' | 'explain'> => ({
  now: io.now,
  newId: randomUUID,
  newToken: () => io.randomBytes(16).toString('base64url'),
  explain,
});

/** An error of ours says itself what to do. */
function explain(error: unknown, language: Language): string {
  if (error instanceof Refused || error instanceof UsageError || error instanceof ConfigError)
    return messageIn(language, error);
  return language === 'zh' ? inChinese(awsProblem(error)) : awsProblem(error);
}

function checkedRecordUrl(url: string | undefined): string | undefined {
  if (url === undefined || (/^https?:\/\//.test(url) && /\{(record|contact)\}/.test(url))) return url;
  throw new UsageError('--record-url is an address that begins with https:// and has {record} or {contact} in it');
}

async function deploymentOf(options: ConsoleCommandOptions, service: Service, io: Io): Promise<Deployment> {
  const { ledger, tables, queue, rates, queueUrl } = service;
  const common = {
    ...{ queue, rates, ledger: (tenant: string) => createLedger(tables, tenant) },
    ...(options.allowActions && {
      linkable: async (tenant: string) =>
        (await import('../link/linking-crm.ts')).linkingCrm({ ...options, tenant }, io),
      tenantCrm: async (tenant: string) =>
        (await import('../undo/open-crm.ts')).openCrm({ ...options, tenant }, { tenant, rates }, io),
    }),
  };
  if (options.local) return { ...common, name: localUrl(options.local), tenants: [ledger.tenant] };
  const name = prefixOf(options, io);
  const tenants = await allTenants(name, ledger.tenant, options.tenant !== undefined);
  return { ...common, name, tenants, ...(placeOfQueue(queueUrl) ?? NO_PLACE) };
}

/** A deployment all the same: it is not the stack of this machine. */
const NO_PLACE = { account: '', region: '' };

/** Without the right to list parameters, the one that was named. */
async function allTenants(prefix: string, first: string, isNamed: boolean): Promise<string[]> {
  const known = await tenantNames(prefix).catch(() => [first]);
  return isNamed || known.includes(first) ? [first, ...known.filter((name) => name !== first)] : known;
}

function untilOver(isIdle: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => isIdle() && end(), LOOK_EVERY_MS);
    const undo = onStop(() => end());
    const end = () => {
      clearInterval(timer);
      undo();
      resolve();
    };
  });
}
