/**
 * Throughput in simulated time: the real workers, a CRM with HubSpot's limit, and a queue as SQS has it.
 *
 *   npm run bench -- --only throughput [--events 1000] [--workers 2,5,10,50] [--hot 200] [--json]
 *
 * Says how full the limit is while there is a backlog, what a delivery and a request more it takes, and how much later a
 * quiet tenant's events are done beside another one's backlog or hanging CRM. Nothing here is timed.
 */
import { parseArgs } from 'node:util';
import { helpIfAsked } from './help.mjs';
import { type BacklogResult, hotBacklog, mixedBacklog, quietBeside } from './throughput/scenarios.ts';

helpIfAsked(import.meta.url);

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000' },
    workers: { type: 'string', default: '2,5,10,50' },
    hot: { type: 'string', default: '200' }, // HubSpot takes 250 merges into one contact.
    json: { type: 'boolean', default: false },
  },
});
const LIMIT = 'the CRM’s limit';
const MOST_DELIVERIES = 3;
const ALONE = 'the same tenant alone';

const rows: Record<string, unknown>[] = [];
for (const workers of values.workers.split(',').map(Number))
  rows.push(backlogRow(await mixedBacklog(Number(values.events), workers)));
rows.push(hotRow(await hotBacklog(Number(values.hot), 5)));
const alone = await quietBeside('none', 10);
for (const [neighbour, fair] of [
  ['backlog', true],
  ['backlog', false],
  ['hanging', true],
] as const) {
  const beside = await quietBeside(neighbour, 10, fair);
  const figure = `quiet tenant beside a ${neighbour === 'hanging' ? 'hanging CRM' : 'backlog'}${fair ? '' : ', without fair queues'}`;
  const [ratio, spread] = [
    beside.medianMs / alone.medianMs,
    [beside.meanMs / alone.meanMs, beside.p95Ms / alone.p95Ms],
  ];
  rows.push({
    figure,
    value: beside.medianMs,
    unit: 'ms, median',
    peer: ALONE,
    ratio,
    spread,
    limit: 1.05,
    ok: ratio <= 1.05,
  });
}
console.log(
  values.json ? JSON.stringify({ part: 'throughput', rows }) : rows.map((row) => JSON.stringify(row)).join('\n'),
);
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;

function hotRow({ events, deliveriesPerEvent, requestsPerEvent }: BacklogResult) {
  const figure = `deliveries of an event, ${events} about one contact, 5 workers`;
  const ok = deliveriesPerEvent <= MOST_DELIVERIES;
  return { figure, value: deliveriesPerEvent, unit: 'deliveries', limit: MOST_DELIVERIES, ok, requestsPerEvent };
}

function backlogRow({ workers, events, filled, ...rest }: BacklogResult) {
  const figure = `limit filled by ${workers} workers, backlog of ${events}`;
  const { deliveriesPerEvent, requestsPerEvent, callsPerEvent, refused, finished } = rest;
  const more = { deliveriesPerEvent, requestsPerEvent, callsPerEvent, refused, finished };
  return {
    figure,
    value: filled,
    unit: 'of the limit',
    peer: LIMIT,
    ratio: filled,
    limit: 0.95,
    ok: filled >= 0.95,
    ...more,
  };
}
