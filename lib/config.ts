import * as v from 'valibot';
import { ConfigError } from './errors.ts';
import { repeatedKey } from './repeated-key.ts';
import type { Sentence } from './sentence.ts';
import { listsForObjects, settingsProblems } from './settings-problems.ts';
import { chineseOf } from './settings-words.ts';
import { isTenantName } from './tenant-list.ts';

/**
 * Settings are parsed once, at the edge; what is wrong is named with its place and the remedy, all at once, never
 * with its value. Unknown keys fail: a misspelt option must not be silently ignored.
 */

const wholeNumber = (least: number, most: number) =>
  v.pipe(v.number(), v.integer('needs a whole number'), v.minValue(least), v.maxValue(most));
const nonEmpty = v.pipe(v.string(), v.minLength(1));
/** What is copied from a form or a page often brings a blank or a line end along, and then never fits. */
const copied = v.pipe(nonEmpty, v.regex(/^\S(?:.*\S)?$/su, 'must not begin or end with a blank or a line end'));
/** By a pattern: `node:net` would cost each cold start six milliseconds. */
const address = v.pipe(nonEmpty, v.ip('needs single addresses such as 192.0.2.7, no ranges and no names'));

const PLAIN_SECRET = 'needs 24 to 128 characters of A-Z, a-z, 0-9, - and _';

const PlainText = v.pipe(
  v.strictObject({
    /** The last segment of the callback URL, at least 24 unguessable characters. */
    secret: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{24,128}$/, PLAIN_SECRET))),
    /** Source addresses, exactly as API Gateway reports them. */
    sources: v.optional(v.pipe(v.array(address), v.minLength(1))),
  }),
  v.check((plain) => Boolean(plain.secret || plain.sources), 'needs `secret` or `sources`: plain text is not signed'),
);

export const IntakeSettingsSchema = v.strictObject({
  /** Every pair in force: add the new one, change it in 尘锋, then remove the old one. */
  keys: v.pipe(
    v.array(
      v.strictObject({
        token: copied,
        encodingAesKey: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{43}$/, 'needs the 43 characters of the 尘锋 form')),
        /** From then on the pair is refused: `merge-sync tenant rotate` writes it. */
        until: v.optional(v.pipe(v.string(), v.isoTimestamp('needs a time such as 2026-12-31T00:00:00Z'))),
      }),
    ),
    v.minLength(1),
    v.check(
      // That there is none at all is said already.
      (pairs) => pairs.length === 0 || pairs.some(({ until }) => until === undefined),
      'needs one pair without `until`',
    ),
  ),
  /** Accepted receiveIds (company or client id); `*` accepts any. */
  receiveIds: v.pipe(v.array(copied), v.minLength(1, 'needs at least one receiveId, or "*" to accept any')),
  /** The sender's own tenant ids (`account` of an event); left out: any. */
  accounts: v.optional(v.pipe(v.array(copied), v.minLength(1, 'needs at least one account, or leave it out'))),
  maxAgeSeconds: v.optional(wholeNumber(60, 30 * 86_400), 86_400),
  plainText: v.optional(PlainText),
  /** Fields of a contact that are not even stored. */
  omitFields: v.optional(v.array(copied), ['idCard']),
  /** Events about single contacts are kept, too, for `policy.link.events`. */
  contactEvents: v.optional(v.boolean()),
});
export type IntakeSettings = v.InferOutput<typeof IntakeSettingsSchema>;

export const PolicySchema = v.strictObject({
  mode: v.optional(v.picklist(['live', 'observe']), 'live'),
  fields: v.optional(v.picklist(['changed', 'snapshot', 'none']), 'changed'),
  whenMissing: v.optional(v.picklist(['skip', 'create', 'ask']), 'skip'),
  omitFields: v.optional(v.array(copied), ['idCard']),
  link: v.optional(
    v.strictObject({
      /** Keys by which events about single contacts are linked, the strongest first. */
      events: v.pipe(
        v.array(v.picklist(['mobile', 'email'])),
        v.minLength(1, 'needs at least one key, or leave it out'),
      ),
      /** Where numbers without a country code are at home: ISO 3166. */
      country: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, 'needs two capital letters, as CN')), 'CN'),
      sharedByAtMost: v.optional(wholeNumber(1, 20), 5),
    }),
  ),
  limits: v.optional(
    v.strictObject({
      mergesPerHour: v.optional(wholeNumber(1, 10_000_000), 5_000),
      mergesPerSurvivorPerDay: v.optional(wholeNumber(1, 10_000_000), 500),
    }),
    {},
  ),
});

/** What a tenant gets that sets nothing: the schema is the one place of these defaults. */
export const DEFAULT_POLICY: v.InferOutput<typeof PolicySchema> = v.parse(PolicySchema, {});

/** @throws ConfigError naming the tenant, each bad key, what it needs and the name that was probably meant. */
export function readSettings<T extends v.GenericSchema>(schema: T, where: string, input: unknown): v.InferOutput<T> {
  const result = v.safeParse(schema, input);
  const lists = listsForObjects(schema, input);
  if (result.success && lists.length === 0) return result.output;
  const problems = lists.length > 0 ? lists : settingsProblems(schema, result.issues ?? []);
  throw new ConfigError(`${where}: ${problems.map(({ en }) => en).join('; ')}`, {
    zh: `${chineseOf(where)}：${problems.map(({ zh }) => zh).join('；')}`,
  });
}

/**
 * JSON text → value; a byte order mark before it is left out.
 * @throws ConfigError with the place, without the text: also for a key that is there twice.
 */
export function readJson(where: string, text: string): unknown {
  const json = text.replace(/^\uFEFF/, '');
  const value = parsed(where, json);
  const twice = repeatedKey(json)?.slice(0, MAX_PATH);
  if (twice === undefined) return value;
  throw new ConfigError(`${where}: ${twice} is there twice, and only one can be meant`, {
    zh: `${chineseOf(where)}：${twice} 出现了两次，只能保留一个`,
  });
}

const MAX_PATH = 200;

function parsed(where: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (json.trim() === '') throw new ConfigError(`${where}: is empty`, { zh: `${chineseOf(where)}：内容为空` });
    const { en, zh } = placeOf(error, json);
    throw new ConfigError(`${where}: is not valid JSON${en}`, { zh: `${chineseOf(where)}：不是有效的 JSON${zh}` });
  }
}

/** V8's message has a position and may quote the text: only the position is used. */
function placeOf(error: unknown, json: string): Sentence {
  const [, position] = /at position (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
  if (position === undefined) return { en: '', zh: '' };
  const lines = json.slice(0, Number(position)).split('\n');
  const [line, character] = [lines.length, (lines.at(-1)?.length ?? 0) + 1];
  return { en: ` (line ${line}, character ${character})`, zh: `（第 ${line} 行，第 ${character} 个字符）` };
}

export type Env = Record<string, string | undefined>;

/** @throws ConfigError naming all missing variables at once. */
export function requireEnv<N extends string>(env: Env, names: readonly N[]): Record<N, string> {
  const missing = names.filter((name) => !env[name]);
  if (missing.length > 0) throw new ConfigError(`Environment variables are missing: ${missing.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, env[name]])) as Record<N, string>;
}

/** A whole number in decimal digits alone: `0x50`, `1e3`, ` 5` and `5.0` are none. @returns undefined for anything else. */
export function wholeNumberIn(text: string, least: number, most: number): number | undefined {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

/** A whole number from the environment. @throws ConfigError naming variable and range. */
export function numberFrom(env: Env, name: string, fallback: number, least = 0, most = Number.MAX_SAFE_INTEGER) {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = wholeNumberIn(text, least, most);
  if (value === undefined) throw new ConfigError(`${name} must be a whole number from ${least} to ${most}`);
  return value;
}

/** The tenants that the deployment names: theirs cost no look-up of the list. */
export function readTenants(list: string): string[] {
  const names = list.split(',').map((name) => name.trim());
  if (names.length === 0 || !names.every(isTenantName))
    throw new ConfigError(
      'TENANTS must be a comma-separated list of names of a-z, 0-9, - and _ (63 characters at most)',
    );
  return [...new Set(names)];
}
