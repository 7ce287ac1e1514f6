import * as v from 'valibot';
import { closestName } from '../closest-name.ts';
import { ConfigError } from '../errors.ts';
import { CUSTOM_PREFIX } from '../event.ts';
import { isJsonObject } from '../json.ts';
import { CONVERSIONS, type Conversion, KNOWN_FIELDS } from './known-fields.ts';
import { minutesOfZone } from './moment.ts';
import { mappedToReserved, sharedProperties } from './property-conflicts.ts';
import { quoteName } from './quote-name.ts';
import { NOTHING_RESERVED } from './reserved-properties.ts';

/** One field of the mapping, checked and with its defaults. */
export interface Entry {
  key: string;
  /** CRM properties, at least one. */
  to: string[];
  /** Absent for a custom field that follows its declared type. */
  as?: Conversion;
  options?: Record<string, string | number | boolean | null>;
  unlisted: 'refuse' | 'keep' | 'drop';
  /** East of UTC. */
  zoneMinutes: number;
  overwrite: 'always' | 'if-empty';
}

// A property becomes part of queries and of objects' keys: letters, digits and underscores only. Pipedrive's keys are
// hashes, which may begin with a digit.
const Property = v.pipe(
  v.string('must be the name of a property'),
  v.regex(/^([A-Za-z][A-Za-z0-9_]{0,127}|[0-9a-f]{40})$/, 'must be a property name of letters, digits and _'),
);

const OPTIONS_FORM = 'must be an object of option id → value, null to clear';

const EntrySchema = v.strictObject({
  to: v.union(
    [Property, v.pipe(v.array(Property), v.minLength(1, 'needs at least one property'))],
    'must be a property name or a list of them',
  ),
  as: v.optional(v.picklist(CONVERSIONS, `must be one of ${CONVERSIONS.join(', ')}`)),
  options: v.optional(
    v.pipe(
      v.custom(isJsonObject, OPTIONS_FORM),
      v.record(
        v.string(),
        v.union([v.string(), v.number(), v.boolean(), v.null()], 'must be a text, a number, true, false or null'),
      ),
    ),
  ),
  unlisted: v.optional(v.picklist(['refuse', 'keep', 'drop'], 'must be refuse, keep or drop')),
  zone: v.optional(
    v.pipe(
      v.string('must be an offset such as "+08:00", or "Z"'),
      v.regex(/^(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)$/, 'must be an offset such as "+08:00", or "Z"'),
    ),
  ),
  overwrite: v.optional(v.picklist(['always', 'if-empty'], 'must be "always" or "if-empty"')),
  undocumented: v.optional(v.boolean('must be true or false')),
});
type RawEntry = v.InferOutput<typeof EntrySchema>;

const CHINA = '+08:00';

/**
 * @param where begins every message: `tenant acme`, or the file that was given.
 * @param reserved properties of the tenant's CRM that no field may be mapped to.
 * @throws ConfigError with every problem at once: where, which field, what to do. Never a value.
 */
export function readEntries(where: string, mapping: unknown, reserved = NOTHING_RESERVED): Entry[] {
  if (mapping === undefined) return [];
  if (!isJsonObject(mapping))
    throw new ConfigError(`${where}, field mapping: must be an object of 尘锋 field → CRM property`);
  const read = Object.entries(mapping).map(([key, raw]) => readEntry(key, raw));
  const entries = read.flatMap(({ entry }) => entry ?? []);
  const problems = [
    ...read.flatMap(({ problems }) => problems),
    ...sharedProperties(entries),
    ...mappedToReserved(entries, reserved),
  ];
  if (problems.length > 0) throw new ConfigError(`${where}, field mapping: ${problems.join('; ')}`);
  return entries;
}

interface Read {
  entry?: Entry;
  problems: string[];
}

function readEntry(key: string, raw: unknown): Read {
  const parsed = v.safeParse(EntrySchema, typeof raw === 'string' ? { to: raw } : raw);
  if (!parsed.success) return { problems: parsed.issues.map((issue) => `${quoteName(key)}${describe(issue)}`) };
  const entry = complete(key, parsed.output);
  const problems = contradictions(entry, parsed.output).map((problem) => `${quoteName(key)} ${problem}`);
  return { entry, problems };
}

const KEYS = Object.keys(EntrySchema.entries);

/** `, did you mean …` where a known name is near. */
function meant(name: string, known: readonly string[]): string {
  const closest = closestName(name, known);
  return closest === undefined ? '' : `, did you mean ${quoteName(closest)}`;
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  if (path === null) return ' must be a property name or an object with `to`';
  if (issue.expected === 'never')
    return ` has the unknown key ${quoteName(path)}${meant(path, KEYS)} (known: ${KEYS.join(', ')})`;
  return issue.type === 'strict_object'
    ? ` needs ${quoteName(path)}, the CRM property to write`
    : `.${path} ${issue.message}`;
}

function complete(key: string, raw: RawEntry): Entry {
  const as = raw.as ?? KNOWN_FIELDS.get(key);
  return {
    key,
    to: [raw.to].flat(),
    ...(as !== undefined && { as }),
    ...(raw.options !== undefined && { options: raw.options }),
    unlisted: raw.unlisted ?? 'refuse',
    zoneMinutes: minutesOfZone(raw.zone ?? CHINA),
    overwrite: raw.overwrite ?? 'always',
  };
}

const DOCUMENTED = [...KNOWN_FIELDS.keys()];
const OPTION_LIKE: (Conversion | undefined)[] = ['option', 'multi', undefined];
const DATE_LIKE: (Conversion | undefined)[] = ['date', 'datetime', undefined];

function contradictions({ key, to, as }: Entry, raw: RawEntry): string[] {
  const rules: [boolean, string][] = [
    [
      !isKnown(key, raw),
      `is no documented field of 尘锋${meant(key, DOCUMENTED)}: correct the name, or add "undocumented": true`,
    ],
    [
      key === 'gender' && as === 'option' && !raw.options,
      'needs `options`, such as {"0":null,"1":"male","2":"female"}',
    ],
    [raw.options !== undefined && !OPTION_LIKE.includes(as), `has \`options\`, which only go with option and multi`],
    [raw.unlisted !== undefined && !raw.options, 'has `unlisted` without `options`'],
    [raw.unlisted === 'drop' && as !== 'multi', 'has "unlisted":"drop", which only goes with "as":"multi"'],
    [raw.zone !== undefined && !DATE_LIKE.includes(as), 'has `zone`, which only goes with date and datetime'],
    [to.length > mostProperties(as), `maps to ${to.length} properties; ${mostSentence(as)}`],
  ];
  return rules.filter(([broken]) => broken).map(([, problem]) => problem);
}

function isKnown(key: string, { undocumented }: RawEntry): boolean {
  const custom = key.startsWith(CUSTOM_PREFIX) && key.length > CUSTOM_PREFIX.length;
  return undocumented === true || custom || KNOWN_FIELDS.has(key);
}

function mostProperties(as: Conversion | undefined): number {
  if (as === 'phones') return Number.POSITIVE_INFINITY;
  return as === 'coordinate' ? 2 : 1;
}

function mostSentence(as: Conversion | undefined): string {
  return as === 'coordinate' ? 'a coordinate takes one or two' : 'only phones and a coordinate take several';
}
