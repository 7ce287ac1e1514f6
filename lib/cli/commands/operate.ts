import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { type EventRecord, hasReason } from '../../ledger/event-record.ts';
import type { EventList, OperatorAction } from '../../ledger/event-states.ts';
import { startBulk } from '../../recovery/bulk-action.ts';
import { type ActionResult, operate } from '../../recovery/operator-actions.ts';
import { EVENT_WORDS } from '../event-words.ts';
import { Refused, UsageError } from '../exit.ts';
import { sayWhetherErased } from '../forget/say-whether-erased.ts';
import { idArgument } from '../id-argument.ts';
import type { Io } from '../io.ts';
import { checkReason, listOfReason, otherReasons } from '../known-reason.ts';
import { LIST_EVENT_WORDS } from '../list-event-words.ts';
import { listedIds, readEvents } from '../listed-events.ts';
import { operatorName } from '../operator-name.ts';
import { printableId } from '../printable.ts';
import { addServiceOptions, openService, type Service, type ServiceOptions } from '../service-options.ts';
import { eventsLeft, stoppable } from '../stop-signals.ts';

interface OperateOptions extends ServiceOptions {
  all?: true;
  reason?: string;
  contact?: string;
  by?: string;
  done?: true;
  notDone?: true;
}

export function replayCommand(io: Io): Command {
  return operateCommand(io, 'replay', 'parked')
    .summary('try parked events again')
    .description(
      'Puts parked events back on their way once their cause is gone; also events that observe mode skipped, and those ' +
        'whose contacts the CRM did not know: what is linked by now is merged then.',
    )
    .option('--contact <id>', 'those that missed this contact in the CRM', idArgument)
    .addHelpText('after', REPLAY_EXAMPLES);
}

const REPLAY_EXAMPLES = `
Examples:
  npx merge-sync replay --prefix merge-sync-prod --all --reason crm-auth
  npx merge-sync replay --prefix merge-sync-prod --all --reason unknown-in-crm`;

export function releaseCommand(io: Io): Command {
  return operateCommand(io, 'release', 'held')
    .summary('let held events go on')
    .description('Lets events that the volume limit holds go on, oldest first.')
    .addHelpText('after', '\nExamples:\n  npx merge-sync release --prefix merge-sync-prod --all');
}

export function settleCommand(io: Io): Command {
  return withService(new Command('settle'))
    .summary('say what became of an unanswered call')
    .description('For a parked event whose last CRM call was never answered: look in the CRM, then say what is true.')
    .argument('<event-id>', 'the event', idArgument)
    .option('--done', 'the call took effect: go on after it')
    .option('--not-done', 'the call did nothing: send it again')
    .addHelpText('after', '\nExamples:\n  npx merge-sync settle --prefix merge-sync-prod --done EVENT_ID')
    .action(async (eventId: string, options: OperateOptions) => {
      if (options.done === options.notDone) throw new UsageError('say one of --done and --not-done');
      await operateOn([eventId], options.done ? 'settle-done' : 'settle-not-done', options, io);
    });
}

function withService(command: Command): Command {
  return addServiceOptions(command).option('--by <name>', 'who does it, kept with the event (default: $USER)');
}

function operateCommand(io: Io, action: 'replay' | 'release', list: 'parked' | 'held'): Command {
  return withService(new Command(action))
    .argument('[event-ids...]', 'which events', (id: string, ids: string[] = []) => [...ids, idArgument(id)])
    .option('--all', `every ${list} event`)
    .option('--reason <reason>', 'with --all: only those with this reason')
    .action(async (eventIds: string[], options: OperateOptions) => {
      const which = [eventIds.length > 0, options.all === true, options.contact !== undefined];
      if (which.filter(Boolean).length !== 1) throw new UsageError(action === 'replay' ? NAME_ONE : NAME_EVENTS);
      const from = options.contact === undefined ? listFor(options, list) : 'unlinked';
      if (options.reason !== undefined && from === list) {
        if (!options.all) throw new UsageError('--reason goes with --all only');
        checkReason(options.reason, list);
      }
      await operateOn(eventIds.length > 0 ? eventIds : from, action, options, io);
    });
}

const NAME_EVENTS = 'name events, or say --all';
const NAME_ONE = 'name events, or say --all or --contact';

/** Events that are over stand in lists of their own, by what is left to do. */
function listFor({ all, reason = '' }: OperateOptions, list: EventList): EventList {
  return all && list === 'parked' ? (listOfReason(reason) ?? list) : list;
}

const PROGRESS_EVERY = 500;

interface Doing {
  action: OperatorAction;
  options: OperateOptions;
  service: Service;
  by: string;
}

async function operateOn(which: EventList | string[], action: OperatorAction, options: OperateOptions, io: Io) {
  const doing = { action, options, by: operatorName(options.by, io), service: await openService(options, io) };
  const results = typeof which === 'string' ? await operateOnList(which, doing, io) : await each(which, doing, io);
  if (results.every(({ result }) => result === 'no-such-event')) await doing.service.checkTenant();
  if (typeof which === 'string' && results.length === 0) io.err(nothingToDo(which, options, io));
  report(results, options, io);
}

async function each(eventIds: string[], { action, service, by }: Doing, io: Io): Promise<Result[]> {
  const results: Result[] = [];
  for (const eventId of eventIds) {
    const result = await operate(eventId, action, { ...service, now: io.now, by });
    results.push({ eventId, result });
    if (result === 'not-possible') await sayWhetherErased(eventId, service, io);
  }
  return results;
}

/** Stands in the list of past bulk actions, with its progress. */
async function operateOnList(list: EventList, { action, options, service, by }: Doing, io: Io): Promise<Result[]> {
  const ids = await idsIn(service, list, options, io);
  if (ids.length === 0) return [];
  const results: Result[] = [];
  const onResult = (eventId: string, result: ActionResult) => {
    results.push({ eventId, result });
    if (results.length % PROGRESS_EVERY === 0) io.err(`${results.length} of ${ids.length}`);
  };
  const { reason = '', contact } = options;
  const which = { list, ...(listOfReason(reason) !== list && reason !== '' && { reason }) };
  const chosen = contact === undefined ? which : {};
  const deps = { ...service, now: io.now, by, newId: randomUUID, onResult };
  const work = async () => (await startBulk({ action, ids, ...chosen }, deps)).end;
  await stoppable(work, () => eventsLeft(results.length, ids.length), io);
  return results;
}

interface Result {
  eventId: string;
  result: ActionResult;
}

async function idsIn(service: Service, list: EventList, { reason, contact }: OperateOptions, io: Io) {
  const records = await readEvents(service, list, await listedIds(service, list, io));
  const missed = ({ missing }: EventRecord) => contact === undefined || missing?.includes(contact) === true;
  const fits = (record: EventRecord) => !reason || listOfReason(reason) === list || hasReason(record, reason);
  const chosen = records.filter((record) => fits(record) && missed(record)).map(({ eventId }) => eventId);
  if (reason && chosen.length === 0 && records.length > 0) io.err(otherReasons(list, reason, records));
  return chosen;
}

/** Why nothing was done: `0 queued` would not say it. */
function nothingToDo(list: EventList, { reason, contact }: OperateOptions, { language }: Io): string {
  const { none, noneFits } = LIST_EVENT_WORDS[language];
  return reason === undefined && contact === undefined ? none(list) : noneFits;
}

function report(results: Result[], { json }: OperateOptions, io: Io): void {
  const words = EVENT_WORDS[io.language];
  if (json) io.out(JSON.stringify(results));
  else for (const { eventId, result } of results) io.say(`${printableId(eventId)}  ${result}`);
  const failed = results.filter(({ result }) => result !== 'queued');
  if (results.length > 0) io.err(words.queued(results.length - failed.length));
  const unknown = failed.filter(({ result }) => result === 'no-such-event').length;
  if (failed.length > 0) throw new Refused(words.problems(unknown, failed.length - unknown));
}
