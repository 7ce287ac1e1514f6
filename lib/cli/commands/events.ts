import { Command, InvalidArgumentError, Option } from 'commander';
import { eventsAsCsv } from '../../console/read/csv.ts';
import { type Position, placeOf } from '../../console/read/newest-first.ts';
import type { EventRecord } from '../../ledger/event-record.ts';
import { eventLine } from '../event-line.ts';
import { EVENT_WORDS, type PlanCounts } from '../event-words.ts';
import { UsageError } from '../exit.ts';
import { idArgument } from '../id-argument.ts';
import type { Io } from '../io.ts';
import { LIST_EVENT_WORDS } from '../list-event-words.ts';
import { listedIds, MAX_LISTED, readEvents } from '../listed-events.ts';
import { MOMENT_FORMS, type Moment, readMoment } from '../moments.ts';
import { printableId } from '../printable.ts';
import { type Asked, selectionOf } from '../read-selection.ts';
import { CHOICES, isNewestFirst, type Selected, type Selection, selectEvents } from '../select-events.ts';
import { addServiceOptions, openService, type Service, type ServiceOptions } from '../service-options.ts';
import { wholeNumber } from '../whole-number.ts';

interface EventsOptions extends ServiceOptions, Asked {
  next?: string;
  limit: number;
  csv?: true;
}

export function eventsCommand(io: Io): Command {
  const command = new Command('events')
    .summary('list events that wait for you, or any others')
    .description(
      'Lists events that are parked (with the reason), or those of another state, and says how many there are. What ' +
        'waits is listed from the oldest on; what is over, and the events of a contact, from the newest on.',
    );
  const readTime = (text: string) => timeIn(text, io);
  return addServiceOptions(command)
    .addOption(new Option('--state <state>', 'which (default: parked)').choices(CHOICES))
    .option('--reason <reason>', 'only those with this reason; unknown-in-crm: contacts that the CRM did not know')
    .option('--since <time>', 'only those received from then on: 2026-11-27, 2026-11-27T03:00, or 2h, 3d ago', readTime)
    .option('--until <time>', 'only those received up to then', readTime)
    .option('--contact <id>', 'only those about this contact', idArgument)
    .option('--limit <count>', 'at most so many', wholeNumber(1, MAX_LISTED), 100)
    .option('--next <event-id>', 'go on behind this event, the last one of the page before', idArgument)
    .option('--csv', 'print CSV, for a spreadsheet')
    .addHelpText('after', EXAMPLES)
    .action(async (options: EventsOptions) => listEvents(options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync events --prefix merge-sync-prod
  npx merge-sync events --state held --tenant outlet --json
  npx merge-sync events --state all --since 2026-11-27 --csv > events.csv`;

function timeIn(text: string, { now }: Io): Moment {
  const moment = readMoment(text, now());
  if (!moment) throw new InvalidArgumentError(MOMENT_FORMS);
  return moment;
}

async function listEvents({ limit, next, ...options }: EventsOptions, io: Io): Promise<void> {
  if (options.csv && options.json) throw new UsageError('say one of --csv and --json');
  const selection = selectionOf(options);
  const service = await openService(options, io);
  const from = next === undefined ? undefined : await placeNamed(next, service);
  const selected = await selectEvents(service.ledger, selection, { from, limit, now: io.now() });
  if (selected.total === 0) await service.checkTenant();
  print(selected.records, options, io);
  for (const line of totals(selected, selection, from !== undefined, io)) io.err(line);
  if (selection.chosen === 'observed' && !options.json && !options.csv)
    io.err(EVENT_WORDS[io.language].plans(await countPlans(service, selected.records, io)));
}

async function placeNamed(eventId: string, { ledger }: Service): Promise<Position> {
  const record = (await ledger.events.read(eventId))?.value;
  if (record) return placeOf(record);
  throw new UsageError(
    `tenant ${ledger.tenant} has no event ${printableId(eventId)}: --next takes the last id of the page before`,
  );
}

function print(records: EventRecord[], { json, csv }: Pick<EventsOptions, 'json' | 'csv'>, io: Io): void {
  if (json) return io.out(JSON.stringify(records));
  if (csv) return io.out(eventsAsCsv(records).trimEnd());
  for (const record of records) io.show(eventLine(record, io.language));
}

/** How many there are, and how to see the others. */
function totals({ records, total, isMore, goesOn }: Selected, selection: Selection, isLater: boolean, io: Io) {
  const words = LIST_EVENT_WORDS[io.language];
  const { chosen } = selection;
  if (total === 0) return [noneText(selection, io)];
  const count = isMore ? words.moreThan(total) : String(total);
  const end = isNewestFirst(selection) ? 'newest' : 'oldest';
  const last = records.at(-1);
  const next = goesOn && last ? [words.next(printableId(last.eventId))] : [];
  const isWhole = !goesOn || isLater;
  return [isWhole ? words.all(count, chosen) : words.some(records.length, count, chosen, end), ...next];
}

function noneText({ chosen, reason, since, until, contact }: Selection, { language }: Io): string {
  const words = LIST_EVENT_WORDS[language];
  if (contact !== undefined) return words.noneOfContact(printableId(contact));
  return [reason, since, until].some((asked) => asked !== undefined) ? words.noneFits : words.none(chosen);
}

const CONTRADICTIONS = ['self-merge', 'cycle', 'loser-claimed-twice'];

/** How many of the observed plans have all of their contacts in the CRM, some, or none; a contradiction has no plan. */
async function countPlans(service: Service, records: EventRecord[], io: Io): Promise<PlanCounts> {
  const count = (unknown: EventRecord['unknown']) => records.filter((record) => record.unknown === unknown).length;
  const parked = await readEvents(service, 'parked', await listedIds(service, 'parked', io));
  const contradictory = parked.filter(({ reason = '' }) => CONTRADICTIONS.includes(reason)).length;
  return { complete: count(undefined), partlyUnknown: count('some'), whollyUnknown: count('all'), contradictory };
}
