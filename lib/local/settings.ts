import { type Env, numberFrom } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { readCrmSettings } from './crm-settings.ts';
import { readKeys } from './keys.ts';
import { readAll } from './read-all.ts';

/** The environment of `npm start`, read and checked. */
export type LocalSettings = ReturnType<typeof readLocalSettings>;

/** @throws ConfigError with every problem, one a line, each saying what to do. */
export function readLocalSettings(env: Env) {
  return readAll({
    port: () => numberFrom(env, 'PORT', 3000, 0, 65_535),
    keys: () => readKeys(env),
    /** The last segment of the callback URL that switches plain text on. */
    plainSecret: () => plainSecret(env.DUSTESS_PLAIN_SECRET),
    crm: () => readCrmSettings(env),
    dataDir: () => env.DATA_DIR || undefined,
    /** Whether to seed the demo CRM and to deliver the sender's sample. */
    sample: () => switchFrom(env, 'SAMPLE', true),
    /** Whether the handlers' own log lines go to stderr. */
    jsonLog: () => switchFrom(env, 'LOG', false),
    language: () => (/^zh/i.test(env.LC_ALL || env.LANG || '') ? ('zh' as const) : ('en' as const)),
    /** Emulators that run elsewhere. */
    dynamodb: () => env.AWS_ENDPOINT_URL_DYNAMODB || undefined,
    sqs: () => env.AWS_ENDPOINT_URL_SQS || undefined,
  });
}

function plainSecret(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (/^[A-Za-z0-9_-]{24,128}$/.test(text)) return text;
  throw new ConfigError('DUSTESS_PLAIN_SECRET needs 24 to 128 characters of A-Z, a-z, 0-9, - and _');
}

function switchFrom(env: Env, name: string, fallback: boolean): boolean {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  if (text === '0' || text === '1') return text === '1';
  throw new ConfigError(`${name} must be 0 or 1`);
}
