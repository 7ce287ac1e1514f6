/** What one event asks of DynamoDB, as test/requests counts it; index entries are among the written units. */
export interface EventCount {
  requests: number;
  writeUnits: number;
  readUnits: number;
}

/** Of both styles of CRM, by the number of losers. */
export type Counts = Record<'command' | 'record', Record<string, EventCount>>;

export type CrmKind = 'http' | 'hubspot' | 'salesforce' | 'tryton';

export interface Month {
  /** Merge events. */
  events: number;
  /** Per event, on average. */
  losers: number;
  crm: CrmKind;
  tenants: number;
  /** Milliseconds that `receive` and `apply` take for one event. */
  receiveMs: number;
  applyMs: number;
  fair: boolean;
  alarms: number;
  metrics: number;
}

export type Priced =
  | 'httpApiPerMillion'
  | 'lambdaRequestsPerMillion'
  | 'lambdaPerGbSecond'
  | 'dynamodbWritePerMillion'
  | 'dynamodbReadPerMillion'
  | 'dynamodbStoragePerGbMonth'
  | 'dynamodbBackupPerGbMonth'
  | 'sqsPerMillion'
  | 'sqsFairPerMillion'
  | 'logsPerGb'
  | 'metricPerMonth'
  | 'alarmPerMonth'
  | 'kmsPerMillion';

export interface Line {
  what: string;
  price: Priced;
  quantity: number;
}

const MONTH_SECONDS = 30 * 86_400;
const MILLION = 1_000_000;
const GB = 1e9;
// As in serverless.yml.
const [RECEIVE_GB, APPLY_GB, RECONCILE_GB] = [1, 0.5, 0.5];
const RECONCILE_EVERY_SECONDS = 120;
const RECONCILE_MS = 100; // Two list queries a tenant, side by side.
/** Lambda begins with five long polls of 20 s: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const IDLE_POLLS = (5 * MONTH_SECONDS) / 20;
/** Log bytes of one event: our two lines, the platform's three for each of two invocations, the gateway's access line. */
const LOG_BYTES = { receive: 230, apply: 260, platform: 2 * 390, access: 260, perLine: 9 * 26 };
/** What is left of an event in both tables, in bytes: record, payload, contacts, each with keys and index entry. */
const STORED_BYTES = 3_000;
const SETTINGS_EVERY_SECONDS = 300; // Each worker reads a tenant's settings that often, if it is busy.
const WORKERS = 8;

/** A month's use of each thing that AWS bills. Pure. */
export function usageOf(month: Month, counts: Counts): Line[] {
  const { events, tenants } = month;
  const each = countOf(month, counts);
  const reconciles = MONTH_SECONDS / RECONCILE_EVERY_SECONDS;
  const reads = each.readUnits * events + 2 * tenants * reconciles;
  const logBytes = Object.values(LOG_BYTES).reduce((sum, bytes) => sum + bytes, 0) * events;
  const gbSeconds = (RECEIVE_GB * month.receiveMs + APPLY_GB * month.applyMs) / 1000;
  const settings = (tenants * WORKERS * MONTH_SECONDS) / SETTINGS_EVERY_SECONDS;
  return [
    { what: 'API Gateway, requests', price: 'httpApiPerMillion', quantity: events / MILLION },
    { what: 'Lambda, requests', price: 'lambdaRequestsPerMillion', quantity: (2 * events + reconciles) / MILLION },
    {
      what: 'Lambda, GB-seconds',
      price: 'lambdaPerGbSecond',
      quantity: gbSeconds * events + (RECONCILE_GB * reconciles * RECONCILE_MS) / 1000,
    },
    {
      what: 'DynamoDB, written units',
      price: 'dynamodbWritePerMillion',
      quantity: (each.writeUnits * events) / MILLION,
    },
    { what: 'DynamoDB, read units', price: 'dynamodbReadPerMillion', quantity: reads / MILLION },
    { what: 'DynamoDB, stored, a month', price: 'dynamodbStoragePerGbMonth', quantity: (events * STORED_BYTES) / GB },
    { what: 'DynamoDB, backup, a month', price: 'dynamodbBackupPerGbMonth', quantity: (events * STORED_BYTES) / GB },
    // Sent, received, deleted; the outcome sent.
    { what: 'SQS, requests', price: 'sqsPerMillion', quantity: (4 * events + IDLE_POLLS) / MILLION },
    { what: 'SQS, fair queues', price: 'sqsFairPerMillion', quantity: month.fair ? (3 * events) / MILLION : 0 },
    { what: 'CloudWatch, logs', price: 'logsPerGb', quantity: logBytes / GB },
    { what: 'CloudWatch, metrics', price: 'metricPerMonth', quantity: month.metrics },
    { what: 'CloudWatch, alarms', price: 'alarmPerMonth', quantity: month.alarms },
    { what: 'KMS, for SSM parameters', price: 'kmsPerMillion', quantity: settings / MILLION },
  ];
}

/** Between two counted numbers of losers on the straight line through them. */
function countOf({ losers, crm }: Month, counts: Counts): EventCount {
  const style = counts[crm === 'http' ? 'command' : 'record'];
  const [one, two] = [style['1'], style['2']];
  if (!one || !two) throw new TypeError('the counts lack one and two losers');
  const at = (of: keyof EventCount) => one[of] + (two[of] - one[of]) * (losers - 1);
  const pace = paceRequests(crm, losers);
  return {
    requests: at('requests') + pace.reads + pace.writes,
    writeUnits: at('writeUnits') + pace.writes,
    readUnits: at('readUnits') + pace.reads,
  };
}

/** What keeping to the CRM's rate limit costs for each call: lib/crm/shared-rate-budget.ts, lib/crm/retry-after.ts. */
function paceRequests(crm: CrmKind, losers: number): { reads: number; writes: number } {
  if (crm === 'http') return { reads: 1, writes: 0 };
  const calls = 2 + losers; // A look-up, a merge for each loser, an update.
  return { reads: calls, writes: crm === 'hubspot' ? calls : 0 };
}
