import { type Env, wholeNumberIn } from '../config.ts';
import type { CrmAdapter } from '../crm/adapter.ts';
import { languageOf } from '../sentence.ts';
import { readCrmSettings } from './crm-settings.ts';
import { readKeys } from './keys.ts';
import { LocalProblem } from './local-problem.ts';
import { readAll } from './read-all.ts';

/** The environment of `npm start`, read and checked. */
export type LocalSettings = Awaited<ReturnType<typeof readLocalSettings>>;

/** @param adapters kinds of CRM besides our own. @throws LocalProblem with every problem, one a line, each saying what to do. */
export async function readLocalSettings(env: Env, adapters: readonly CrmAdapter[] = []) {
  return readAll({
    port: () => readPort(env.PORT),
    keys: () => readKeys(env),
    /** The last segment of the callback URL that switches plain text on. */
    plainSecret: () => plainSecret(env.DUSTESS_PLAIN_SECRET),
    crm: () => readCrmSettings(env, adapters),
    /** Kinds of CRM besides our own. */
    adapters: () => adapters,
    dataDir: () => env.DATA_DIR || undefined,
    /** Whether to seed the demo CRM and to deliver the sender's sample. A real CRM gets it only when asked. */
    sample: () => switchFrom(env, 'SAMPLE', (env.CRM || (adapters.length > 0 ? 'own' : 'demo')) === 'demo'),
    /** Whether the handlers' own log lines go to stderr. */
    jsonLog: () => switchFrom(env, 'LOG', false),
    language: () => languageOf(env),
    /** The public name of a tunnel to the callback URL. */
    tunnelHost: () => tunnelHost(env.TUNNEL_HOST),
    /** Emulators that run elsewhere. */
    dynamodb: () => env.AWS_ENDPOINT_URL_DYNAMODB || undefined,
    sqs: () => env.AWS_ENDPOINT_URL_SQS || undefined,
  });
}

const DEFAULT_PORT = 3000;
const MAX_PORT = 65_535;

function readPort(text: string | undefined): number {
  if (!text) return DEFAULT_PORT;
  const port = wholeNumberIn(text, 0, MAX_PORT);
  if (port !== undefined) return port;
  throw new LocalProblem({
    en: `PORT must be a whole number from 0 to ${MAX_PORT}`,
    zh: `PORT 应为 0 到 ${MAX_PORT} 之间的整数`,
  });
}

function plainSecret(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (/^[A-Za-z0-9_-]{24,128}$/.test(text)) return text;
  throw new LocalProblem({
    en: 'DUSTESS_PLAIN_SECRET needs 24 to 128 characters of A-Z, a-z, 0-9, - and _',
    zh: 'DUSTESS_PLAIN_SECRET 应为 24 到 128 个字符，只能用 A-Z、a-z、0-9、- 和 _',
  });
}

function switchFrom(env: Env, name: string, fallback: boolean): boolean {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  if (text === '0' || text === '1') return text === '1';
  throw new LocalProblem({ en: `${name} must be 0 or 1`, zh: `${name} 应为 0 或 1` });
}

/** A name as it stands in a Host header; a whole URL is taken as well. */
function tunnelHost(text: string | undefined): string | undefined {
  if (!text) return undefined;
  const host = /^(?:https?:\/\/)?([a-z0-9.-]+(?::\d+)?)\/?$/i.exec(text)?.[1];
  if (host !== undefined) return host.toLowerCase();
  throw new LocalProblem({
    en: 'TUNNEL_HOST must be the public name of your tunnel, such as abc.ngrok.app',
    zh: 'TUNNEL_HOST 应为隧道的公网域名，例如 abc.ngrok.app',
  });
}
