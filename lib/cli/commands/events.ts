import { Command, InvalidArgumentError, Option } from 'commander';
import { inParallel } from '../../in-parallel.ts';
import { type EventRecord, hasReason, listOfRecord } from '../../ledger/event-record.ts';
import type { EventList } from '../../ledger/event-states.ts';
import { localTime } from '../../local-time.ts';
import { EVENT_WORDS, type EventWords, type PlanCounts } from '../event-words.ts';
import type { Io } from '../io.ts';
import { printableId } from '../printable.ts';
import { addServiceOptions, openService, type Service, type ServiceOptions } from '../service-options.ts';

interface EventsOptions extends ServiceOptions {
  reason?: string;
  state: EventList;
  limit: number;
}

export function eventsCommand(io: Io): Command {
  const command = new Command('events')
    .summary('list events that wait for you')
    .description('Lists events that are parked (with the reason), held by the volume limit, or still on their way.');
  return addServiceOptions(command)
    .addOption(
      new Option('--state <state>', 'which')
        .choices(['parked', 'held', 'open', 'unlinked', 'observed'])
        .default('parked'),
    )
    .option('--reason <reason>', 'only those with this reason; unknown-in-crm: contacts that the CRM did not know')
    .option('--limit <count>', 'at most so many, oldest first', readLimit, 100)
    .addHelpText('after', EXAMPLES)
    .action(async (options: EventsOptions) => listEvents(options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync events --prefix merge-sync-prod
  npx merge-sync events --state held --tenant outlet --json`;

const MAX_LISTED = 100_000;

function readLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > MAX_LISTED)
    throw new InvalidArgumentError(`It is a whole number from 1 to ${MAX_LISTED}.`);
  return limit;
}

/** The list of the events that are over for this reason, and may be replayed. */
export const listOfReason = (reason: string): EventList | undefined =>
  reason === 'unknown-in-crm' ? 'unlinked' : reason === 'observed' ? 'observed' : undefined;

async function listEvents({ state: named, reason = '', limit, ...options }: EventsOptions, io: Io): Promise<void> {
  const state = listOfReason(reason) ?? named;
  const service = await openService(options, io);
  const ids = await listedIds(service, state, io);
  if (ids.length === 0) await service.checkTenant();
  const read = await readEvents(service, state, ids.slice(0, limit));
  const isAny = reason === '' || listOfReason(reason) !== undefined;
  const records = isAny ? read : read.filter((record) => hasReason(record, reason));
  const words = EVENT_WORDS[io.language];
  if (options.json) io.out(JSON.stringify(records));
  else for (const record of records) io.say(line(record, words));
  if (!options.json || ids.length > limit)
    io.err(summary({ list: state, shown: records.length, all: ids.length, limit }, words));
  if (state === 'observed' && !options.json) io.err(words.plans(await countPlans(service, records, io)));
}

interface Listed {
  list: EventList;
  shown: number;
  all: number;
  limit: number;
}

function summary({ list, shown, all, limit }: Listed, words: EventWords): string {
  if (all <= limit) return shown === 0 ? words.none(list) : words.all(shown, list);
  return words.some(shown, all > MAX_LISTED ? words.moreThan(MAX_LISTED) : String(all), list);
}

const FAR_AHEAD_MS = 400 * 86_400_000; // Open events stand under the time when reconcile looks at them.

/** The events of a list, oldest first; one more than can be listed where there are more. */
export async function listedIds({ ledger }: Service, list: EventList, { now }: Pick<Io, 'now'>): Promise<string[]> {
  const range = { before: now() + FAR_AHEAD_MS, limit: MAX_LISTED + 1 };
  return (await ledger.events.listed(list, range)).map(({ id }) => id);
}

/** Their records as they are now. The list lags behind them: an event that has left it meanwhile is left out. */
export async function readEvents({ ledger }: Service, list: EventList, ids: string[]): Promise<EventRecord[]> {
  const found = await inParallel(ids, (id) => ledger.events.read(id));
  return found.flatMap((stored) => (stored && listOfRecord(stored.value) === list ? [stored.value] : []));
}

const CONTRADICTIONS = ['self-merge', 'cycle', 'loser-claimed-twice'];

/** How many of the observed plans have all of their contacts in the CRM, some, or none; a contradiction has no plan. */
async function countPlans(service: Service, records: EventRecord[], io: Io): Promise<PlanCounts> {
  const count = (unknown: EventRecord['unknown']) => records.filter((record) => record.unknown === unknown).length;
  const parked = await readEvents(service, 'parked', await listedIds(service, 'parked', io));
  const contradictory = parked.filter(({ reason = '' }) => CONTRADICTIONS.includes(reason)).length;
  return { complete: count(undefined), partlyUnknown: count('some'), whollyUnknown: count('all'), contradictory };
}

const SHOWN_MISSING = 3;

function missingIn({ missing }: EventRecord, words: EventWords): string {
  if (!missing) return '';
  const shown = missing.slice(0, SHOWN_MISSING).map(printableId);
  return words.notInCrm(shown, missing.length - shown.length);
}

const line = (record: EventRecord, words: EventWords) =>
  [
    localTime(record.receivedAt),
    printableId(record.eventId),
    record.state,
    printableId(record.reason ?? ''),
    missingIn(record, words),
    record.state === 'waiting' && record.behind ? words.behind(printableId(record.behind)).trim() : '',
  ]
    .filter(Boolean)
    .join('  ');
