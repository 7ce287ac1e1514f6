import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ConfigError } from '../../lib/errors.ts';
import { runProgram } from '../program.ts';
import { asTable } from './cost-table.ts';
import { costsOf, type PriceList, pricesOf } from './price-list.ts';
import { type Counts, type CrmKind, type Month, usageOf } from './usage.ts';

const HELP = `What a month costs at AWS: counted requests times a dated price list.

  npm run cost -- --events 1e6 --losers 1.3 --region cn-north-1

  --events N       merge events in the month (1e6)
  --losers N       losers of an event on average, 1 or more (1.3)
  --region R       us-east-1, cn-north-1 or cn-northwest-1 (us-east-1)
  --crm KIND       http, hubspot, salesforce or tryton (hubspot)
  --tenants N      (1)
  --receive-ms N   how long receive runs for one event (20): an assumption, read yours in CloudWatch
  --apply-ms N     how long apply runs for one event (800): HubSpot in simulated time, npm run bench -- --only throughput
  --metrics N      how many custom metrics have data all month (all there are: a ceiling)
  --json           the same as JSON
  --help

Without free tiers, taxes and data transfer. With LANG=zh_CN.UTF-8 in Chinese.`;

const CRMS = ['http', 'hubspot', 'salesforce', 'tryton'];
const text = (value: string) => ({ type: 'string', default: value }) as const;
const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');

// What `npm run cost` runs.
await runProgram(async () => {
  const values = readOptions();
  if (values.help) return print(HELP);
  const list = JSON.parse(read('prices.json')) as PriceList;
  const prices = pricesOf(list, values.region);
  const month = monthOf(values);
  // Held to the code by test/requests: the test fails on one request more.
  const counts = JSON.parse(read('../../test/requests/counts.json')) as Counts;
  const costs = costsOf(usageOf(month, counts), prices);
  const { currency } = prices;
  const result = { day: list.day, region: values.region, currency, month, costs };
  print(values.json ? JSON.stringify(result, null, 2) : asTable(result, languageOf(process.env)));
});

type Options = ReturnType<typeof readOptions>;

function readOptions() {
  const options = {
    events: text('1e6'),
    losers: text('1.3'),
    region: text('us-east-1'),
    crm: text('hubspot'),
    tenants: text('1'),
    'receive-ms': text('20'),
    'apply-ms': text('800'),
    metrics: text(String(new Set(read('../metrics.yml').match(/MetricName: [a-z-]+/g)).size)),
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new ConfigError(`${error instanceof Error ? error.message : 'wrong options'}\n\n${HELP}`);
  }
}

function monthOf(values: Options): Month {
  if (!CRMS.includes(values.crm)) throw new ConfigError(`--crm must be one of ${CRMS.join(', ')}`);
  return {
    events: numberOf(values, 'events', 0),
    losers: numberOf(values, 'losers', 1),
    tenants: numberOf(values, 'tenants', 1),
    receiveMs: numberOf(values, 'receive-ms', 0),
    applyMs: numberOf(values, 'apply-ms', 0),
    crm: values.crm as CrmKind,
    fair: !values.region.startsWith('cn-'),
    alarms: read('../alarms.yml').match(/Type: AWS::CloudWatch::Alarm/g)?.length ?? 0,
    metrics: numberOf(values, 'metrics', 0),
  };
}

type Numbers = 'events' | 'losers' | 'tenants' | 'receive-ms' | 'apply-ms' | 'metrics';

function numberOf(values: Options, name: Numbers, least: number) {
  // `1e6` is one, `0x10` and nothing at all are none.
  const value = /^\d+(\.\d+)?(e\d{1,3})?$/i.test(values[name]) ? Number(values[name]) : Number.NaN;
  if (!Number.isFinite(value) || value < least) throw new ConfigError(`--${name} must be a number from ${least} on`);
  return value;
}

function languageOf({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): 'en' | 'zh' {
  return (LC_ALL || LC_MESSAGES || LANG || '').startsWith('zh') ? 'zh' : 'en';
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
