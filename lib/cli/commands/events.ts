import { Command, Option } from 'commander';
import type { EventRecord } from '../../ledger/event-record.ts';
import type { EventList } from '../../ledger/event-states.ts';
import type { Io } from '../io.ts';
import { addServiceOptions, openService, type Service, type ServiceOptions } from '../service-options.ts';

interface EventsOptions extends ServiceOptions {
  state: EventList;
  limit: string;
}

export function eventsCommand(io: Io): Command {
  const command = new Command('events')
    .summary('list events that wait for you')
    .description('Lists events that are parked (with the reason), held by the volume breaker, or still on their way.');
  return addServiceOptions(command)
    .addOption(new Option('--state <state>', 'which').choices(['parked', 'held', 'open']).default('parked'))
    .option('--limit <count>', 'at most so many, oldest first', '100')
    .addHelpText('after', EXAMPLES)
    .action(async (options: EventsOptions) => listEvents(options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync events --prefix merge-sync-prod
  npx merge-sync events --state held --tenant outlet --json`;

const FAR_AHEAD_MS = 400 * 86_400_000; // Open events stand under the time somebody should look at them.

async function listEvents(options: EventsOptions, io: Io): Promise<void> {
  const service = await openService(options, io);
  const limit = Number.parseInt(options.limit, 10) || 100;
  const records = await findEvents(service, options.state, { before: io.now() + FAR_AHEAD_MS, limit });
  if (options.json) return io.out(JSON.stringify(records));
  for (const record of records) io.out(line(record));
  io.err(records.length === 0 ? `no event is ${options.state}` : `${records.length} ${options.state}`);
}

/** Events in a list, oldest first, as their records have them now. */
export async function findEvents(service: Service, list: EventList, range: { before: number; limit: number }) {
  const listed = await service.ledger.events.listed(list, range);
  const records: EventRecord[] = [];
  for (const { id } of listed) {
    const record = (await service.ledger.events.read(id))?.value;
    if (record) records.push(record);
  }
  return records;
}

const line = (record: EventRecord) =>
  [
    new Date(record.receivedAt).toISOString(),
    record.eventId,
    record.state,
    record.reason ?? '',
    record.state === 'waiting' && record.behind ? `behind ${record.behind}` : '',
  ]
    .filter(Boolean)
    .join('  ');
