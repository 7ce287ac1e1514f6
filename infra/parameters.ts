import * as v from 'valibot';
import { readTenants } from '../lib/config.ts';
import { ConfigError } from '../lib/errors.ts';

// From the command line every value is a text, from serverless.yml it may be a number.
const wholeNumber = (least: number, most: number) =>
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))]),
    v.integer(),
    v.minValue(least),
    v.maxValue(most),
  );
const needs = (need: string) => ({ needs: need });
const number = (least: number, most: number) =>
  v.pipe(wholeNumber(least, most), v.metadata(needs(`a whole number from ${least} to ${most}`)));

const flag = v.pipe(v.union([v.boolean(), v.picklist(['true', 'false'])]), v.metadata(needs('true or false')));

// What CloudWatch Logs takes: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
const LOG_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
/** One output a tenant, and a stack has 200: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MAX_TENANTS = 150;
/** Retention that outlives every way of replaying an event: the sender's retries, the dead-letter queue's 14 days. */
const LEAST_RETENTION_DAYS = 15;
const MAX_RETENTION_DAYS = 3650;

/** Every `--param` of the deployment, and what it may be. */
const PARAMETERS = {
  // Lambda's names end at 64 characters, `-reconcile` included; SSM takes no path that begins with aws or ssm.
  prefix: v.pipe(
    v.string(),
    v.regex(/^(?!aws|ssm)[a-z][a-z0-9_-]{0,49}$/i),
    v.metadata(needs('at most 50 of A-Z, a-z, 0-9, - and _, a letter first, and not aws or ssm at its beginning')),
  ),
  tenants: v.pipe(
    v.string(),
    v.check(areTenants),
    v.metadata(
      needs(
        `your tenants' names, comma-separated: a-z, 0-9, - and _, 63 characters at most, ${MAX_TENANTS} names at most. ` +
          'Set it in serverless.yml under params, in a block named as the stage, or with --param="tenants=main"',
      ),
    ),
  ),
  architecture: v.pipe(v.picklist(['arm64', 'x86_64']), v.metadata(needs('arm64 or x86_64'))),
  applyConcurrency: number(2, 1000),
  reservedForReceive: number(0, 1000),
  callbacksPerSecond: number(1, 10_000),
  callbackBurst: number(1, 5_000),
  payloadRetentionDays: number(LEAST_RETENTION_DAYS, MAX_RETENTION_DAYS),
  journalRetentionDays: number(LEAST_RETENTION_DAYS, MAX_RETENTION_DAYS),
  logRetentionDays: v.pipe(
    wholeNumber(1, MAX_RETENTION_DAYS),
    v.check((days) => LOG_DAYS.includes(days)),
    v.metadata(needs(`one of ${LOG_DAYS.join(', ')}`)),
  ),
  refusedBurst: number(1, 1_000_000),
  alarmEmail: v.pipe(
    v.union([v.literal(''), v.pipe(v.string(), v.email())]),
    v.metadata(needs('one e-mail address, or nothing')),
  ),
  silentHours: number(0, 168),
  outcomesBus: flag,
  dashboard: flag,
  notify: flag,
  digestHour: number(0, 23),
  fairQueue: v.pipe(v.picklist(['0', '1', 0, 1]), v.metadata(needs('0 or 1'))),
  // An alias is no resource of an IAM policy, so it has to be the key itself.
  kmsKey: v.pipe(
    v.union([v.literal(''), v.pipe(v.string(), v.regex(/^arn:aws(-cn)?:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/))]),
    v.metadata(needs('the ARN of a KMS key (arn:aws:kms:REGION:ACCOUNT:key/ID), or nothing')),
  ),
  protectTables: flag,
};

export const PARAMETER_NAMES = Object.keys(PARAMETERS);

function areTenants(list: string): boolean {
  try {
    const names = readTenants(list);
    return names.length <= MAX_TENANTS;
  } catch {
    return false;
  }
}

/**
 * @param values name → value, of some parameters or all
 * @throws ConfigError with one line for each that is unknown or cannot work
 */
export function checkParameters(values: Record<string, unknown>): void {
  const problems = Object.entries(values).flatMap(([name, value]) => problemWith(name, value) ?? []);
  if (problems.length > 0) throw new ConfigError(['Parameters of the deployment:', ...problems].join('\n  '));
}

function problemWith(name: string, value: unknown): string | undefined {
  if (!isParameter(name)) return `${name}: there is no such parameter. Known: ${PARAMETER_NAMES.join(', ')}`;
  const schema = PARAMETERS[name];
  return v.is(schema, value) ? undefined : `${name}: needs ${v.getMetadata(schema).needs}`;
}

const isParameter = (name: string): name is keyof typeof PARAMETERS => Object.hasOwn(PARAMETERS, name);
