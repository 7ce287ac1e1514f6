import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import type { EventRecord } from '../../ledger/event-record.ts';
import { awsProblem } from '../aws-problem.ts';
import { eventLine } from '../event-line.ts';
import { createFollower, type Follower } from '../follow-events.ts';
import type { Io } from '../io.ts';
import { selectionOf } from '../read-selection.ts';
import { CHOICES, type Chosen, fits, latestEvents } from '../select-events.ts';
import { addServiceOptions, openService, type ServiceOptions } from '../service-options.ts';
import { onClosedOutput, onStop } from '../stop-signals.ts';
import { wholeNumber } from '../whole-number.ts';

interface TailOptions extends ServiceOptions {
  state?: Chosen;
  reason?: string;
  last: number;
}

export function tailCommand(io: Io): Command {
  const command = new Command('tail')
    .summary('follow events as they come and change')
    .description(
      'Shows the latest events, then each one that comes or changes its state, a line at a time, until Ctrl-C. It looks ' +
        'every two seconds; while AWS cannot be reached it says so and tries again.',
    );
  return addServiceOptions(command)
    .addOption(new Option('--state <state>', 'only those in this state (default: all)').choices(CHOICES))
    .option('--reason <reason>', 'only those with this reason')
    .option('--last <count>', 'begin with so many that are there already', wholeNumber(0, MAX_LAST), 10)
    .addHelpText('after', EXAMPLES)
    .action((options: TailOptions) => tail(options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync tail --prefix merge-sync-prod
  npx merge-sync tail --prefix merge-sync-prod --state parked --json
  npx merge-sync tail --local`;

const MAX_LAST = 1_000;
const LOOK_EVERY_MS = 2_000;

async function tail({ last, state, reason, ...options }: TailOptions, io: Io): Promise<void> {
  const chosen = reason === undefined ? 'all' : undefined;
  const asked = state ?? chosen;
  const selection = selectionOf({ ...(asked && { state: asked }), ...(reason !== undefined && { reason }) });
  const { ledger, checkTenant } = await openService(options, io);
  const follower = await createFollower(ledger);
  const latest = await latestEvents(ledger, selection, last);
  if (latest.length === 0) await checkTenant();
  const show = (record: EventRecord) =>
    options.json ? io.out(JSON.stringify(record)) : io.show(eventLine(record, io.language));
  for (const record of latest) show(record);
  await follow(follower, (record) => fits(record, selection) && show(record), io);
}

async function follow(follower: Follower, show: (record: EventRecord) => void, io: Io): Promise<void> {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  const undo = [onStop(stop), onClosedOutput(stop)];
  const { signal } = stopping;
  for (let isLost = false; !signal.aborted; ) {
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    try {
      for (const record of await follower.look()) show(record);
      if (isLost) io.err('reached again; it goes on');
      isLost = false;
    } catch (error) {
      if (!isLost) io.err(`nothing can be read now (${awsProblem(error)}); trying again`);
      isLost = true;
    }
  }
  for (const one of undo) one();
}
