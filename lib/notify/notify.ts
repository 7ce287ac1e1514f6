import { problemOf, StoreError } from '../errors.ts';
import { isJsonObject, jsonIn, stringOrEmpty } from '../json.ts';
import type { EventLedger } from '../ledger/ledger.ts';
import type { Log } from '../log.ts';
import { type AlarmChange, readAlarm } from './alarm.ts';
import { alarmMessage, type Teller } from './alarm-message.ts';
import { type DeliverDeps, deliver } from './deliver.ts';
import { readDigest } from './digest.ts';
import { digestMessage } from './digest-message.ts';
import type { Message } from './message.ts';
import type { NotifySettings, Robot } from './settings.ts';
import { dayBefore } from './time-words.ts';

export interface NotifyDeps extends DeliverDeps {
  /** The deployment's. @throws ConfigError, StoreError */
  settings(): Promise<NotifySettings>;
  /** A tenant's part of the events table. */
  ledger(tenant: string): EventLedger;
  tenants(): Promise<string[]>;
  prefix: string;
  log: Log;
  /** `ROBOT ID` of what a robot has had already: a message comes again while another robot does not take it. */
  delivered: Set<string>;
}

/** A message of the queue. */
export interface Item {
  id: string;
  body: string;
}

/** What goes to a group as one message, and the items it is about. */
interface Parcel {
  ids: string[];
  message: Message;
}

/** The alarms about the robots themselves: told to them, they would ring for ever. */
const OWN_ALARMS = /^notify-/;
const MAX_REMEMBERED = 10_000;

/**
 * Tells every group of alarms that have changed and of the day before: alarms that came together as one message.
 * @returns the ids of items to bring again: a robot did not take them and may later, or the settings cannot be read.
 */
export async function notify(items: Item[], deps: NotifyDeps): Promise<string[]> {
  const settings = await settingsOf(deps);
  if (!settings) return items.map(({ id }) => id);
  const teller = { language: settings.language, timeZone: settings.timeZone, prefix: deps.prefix };
  const { alarms, ticks } = readItems(items, deps);
  const days = await digestParcels(settings.digest ? ticks : [], teller, deps);
  const failed = await Promise.all(
    settings.robots.map((robot) => tell(robot, { alarms, digests: days.parcels }, teller, deps)),
  );
  return [...new Set([...days.failed, ...failed.flat()])];
}

async function settingsOf({ settings, log }: NotifyDeps): Promise<NotifySettings | undefined> {
  try {
    return await settings();
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'unknown';
    if (error instanceof StoreError) log.warn('notify settings cannot be read now', { problem });
    else log.error('notify settings are wrong', { problem, metric: 'notify-refused' });
    return undefined;
  }
}

interface Alarm {
  id: string;
  change: AlarmChange;
}

/** The schedule's tick: the digest of the day before is due. */
interface Tick {
  id: string;
  at: number;
}

function readItems(items: Item[], { prefix, log }: NotifyDeps): { alarms: Alarm[]; ticks: Tick[] } {
  const [alarms, ticks]: [Alarm[], Tick[]] = [[], []];
  for (const { id, body } of items) {
    const message = jsonIn(body);
    const [change, at] = [readAlarm(message, prefix), timeOfSchedule(message)];
    if (change && OWN_ALARMS.test(change.name)) log.warn('alarm about the robots themselves', { alarm: change.name });
    else if (change) alarms.push({ id, change });
    else if (at !== undefined) ticks.push({ id, at });
    else log.warn('neither an alarm nor the schedule', { messageId: id });
  }
  return { alarms, ticks };
}

/** An event of EventBridge's schedule; undefined for anything else. */
function timeOfSchedule(message: unknown): number | undefined {
  if (!isJsonObject(message) || message['detail-type'] !== 'Scheduled Event') return undefined;
  return Date.parse(stringOrEmpty(message.time));
}

async function digestParcels(ticks: Tick[], teller: Teller, deps: NotifyDeps) {
  const parcels: Parcel[] = [];
  const failed: string[] = [];
  for (const { id, at } of ticks) {
    const day = dayBefore(at, teller.timeZone);
    try {
      const digests = await readDigest(await deps.tenants(), deps.ledger, day);
      parcels.push({ ids: [id], message: digestMessage(digests, day, teller, deps.now()) });
    } catch (error) {
      deps.log.error('digest not read', { problem: problemOf(error) });
      failed.push(id);
    }
  }
  return { parcels, failed };
}

async function tell(robot: Robot, news: { alarms: Alarm[]; digests: Parcel[] }, teller: Teller, deps: NotifyDeps) {
  const had = (id: string) => deps.delivered.has(`${robot.name} ${id}`);
  const alarms = news.alarms.filter(({ id }) => !had(id));
  const digests = news.digests.filter(({ ids: [id = ''] }) => !had(id));
  const changed = alarms.map(({ change }) => change);
  const parcels = [
    ...(alarms.length > 0 ? [{ ids: alarms.map(({ id }) => id), message: alarmMessage(changed, teller) }] : []),
    ...digests,
  ];
  const failed: string[] = [];
  for (const parcel of parcels) if (!(await handOver(robot, parcel, teller, deps))) failed.push(...parcel.ids);
  return failed;
}

/** @returns whether the message is done with: delivered, or refused for good. */
async function handOver(robot: Robot, { ids, message }: Parcel, { language }: Teller, deps: NotifyDeps) {
  const verdict = await deliver(robot, message, language, deps);
  const fields = { robot: robot.name, kind: robot.kind, messages: ids.length };
  if (verdict.outcome === 'passing') {
    deps.log.warn('robot did not take the message, it is sent again', { ...fields, code: verdict.code });
    return false;
  }
  if (verdict.outcome === 'delivered') deps.log.info('robot told', fields);
  else
    deps.log.error('robot refuses messages', {
      ...fields,
      code: verdict.code,
      advice: verdict.advice,
      metric: 'notify-refused',
    });
  if (deps.delivered.size > MAX_REMEMBERED) deps.delivered.clear();
  for (const id of ids) deps.delivered.add(`${robot.name} ${id}`);
  return true;
}
