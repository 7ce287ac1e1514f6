import type { Field } from '../event.ts';
import { isBlank, isJsonObject, type Json } from '../json.ts';
import type { PropertyValue } from '../ports.ts';
import type { Entry } from './entries.ts';
import { isHeldExactly } from './exact-number.ts';
import { type Conversion, conversionOfType, ZERO_IS_EMPTY } from './known-fields.ts';
import { type Moment, readMoment } from './moment.ts';

/** One value for each property of the entry, in its order; or why there is none. */
export type Converted = { values: PropertyValue[] } | { problem: string };

/** Pure; never throws, whatever the value. Problems say what is wrong without quoting it. */
export function convert(field: Field, entry: Entry): Converted {
  if (field.cleared || isEmpty(field)) return cleared(entry);
  return CONVERT[entry.as ?? suggested(field, entry)](field.value, entry);
}

/** For a custom field whose entry leaves it open. */
function suggested({ type, value }: Field, { options }: Entry): Conversion {
  const conversion = conversionOfType(type);
  if (!options) return conversion;
  return conversion === 'multi' || Array.isArray(value) ? 'multi' : 'option';
}

type Convert = (value: Json, entry: Entry) => Converted;

const CONVERT: { [C in Conversion]: Convert } = {
  text: toText,
  option: toOption,
  multi: toMulti,
  number: toNumber,
  boolean: toBoolean,
  date: (value, entry) => toMoment(value, entry, ({ day }) => day),
  datetime: (value, entry) => toMoment(value, entry, ({ at }) => new Date(at).toISOString()),
  phones: toPhones,
  coordinate: toCoordinate,
};

const one = (value: PropertyValue): Converted => ({ values: [value] });
const cleared = (entry: Entry): Converted => ({ values: entry.to.map(() => null) });

function isEmpty({ key, value }: Field): boolean {
  if (isBlank(value)) return true;
  return ZERO_IS_EMPTY.has(key) && isScalar(value) && typeof value !== 'boolean' && Number(value) === 0;
}

type Scalar = string | number | boolean;
const isScalar = (value: Json | undefined): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** A value or a list of values as texts, without empty ones and repeats; `undefined` when there is anything else in it. */
function textsOf(value: Json): string[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  if (!list.every((item) => isScalar(item) || item === null)) return undefined;
  const texts = list.map((item) => (item === null ? '' : String(item).trim()));
  return [...new Set(texts.filter((text) => text !== ''))];
}

function toText(value: Json): Converted {
  if (isScalar(value)) return one(String(value));
  const texts = textsOf(value);
  return texts ? one(texts.join('; ') || null) : { problem: 'is not a text' };
}

function toOption(value: Json, entry: Entry): Converted {
  const texts = textsOf(value);
  if (!texts) return { problem: 'is not an option' };
  if (texts.length > 1) return { problem: 'has several options where the property takes one; use "as":"multi"' };
  const [text] = texts;
  if (text === undefined) return one(null);
  const option = optionFor(text, entry);
  return option === undefined ? { problem: 'is not listed in options' } : one(option);
}

function optionFor(text: string, { options, unlisted }: Entry): Scalar | null | undefined {
  if (!options) return text;
  if (Object.hasOwn(options, text)) return options[text];
  return unlisted === 'keep' ? text : undefined;
}

const SEPARATOR = ';'; // Between the values of a multi-select in HubSpot and Salesforce: an option cannot contain it.

function toMulti(value: Json, entry: Entry): Converted {
  const texts = textsOf(value);
  if (!texts) return { problem: 'is not a list of texts' };
  const options = texts.map((text) => optionFor(text, entry));
  if (entry.unlisted === 'refuse' && options.includes(undefined))
    return { problem: 'has an entry that is not listed in options' };
  const kept = [...new Set(options.filter(isScalar).map(String))];
  if (kept.some((text) => text.includes(SEPARATOR))) return { problem: `has an entry that contains "${SEPARATOR}"` };
  return one(kept.length > 0 ? kept : null);
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function toNumber(value: Json): Converted {
  const text = typeof value === 'string' ? value.trim() : value;
  if (text === '') return one(null);
  const number = typeof text === 'number' ? text : typeof text === 'string' && NUMBER.test(text) ? Number(text) : NaN;
  if (!Number.isFinite(number)) return { problem: 'is not a number' };
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER || !isHeldExactly(String(text)))
    return { problem: 'has more digits than a number can hold; map it as text' };
  return one(number);
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'y', '是', '有'].map((text) => [text, true] as const),
  ...['false', '0', 'no', 'n', '否', '无'].map((text) => [text, false] as const),
]);

function toBoolean(value: Json): Converted {
  const texts = textsOf(value);
  if (texts?.length === 0) return one(null);
  const boolean = texts?.length === 1 ? BOOLEANS.get(texts[0]?.toLowerCase() ?? '') : undefined;
  return boolean === undefined ? { problem: 'is neither yes nor no' } : one(boolean);
}

function toMoment(value: Json, entry: Entry, form: (moment: Moment) => string): Converted {
  const moment = readMoment(value, entry.zoneMinutes);
  if (moment === 'empty') return one(null);
  return 'problem' in moment ? moment : one(form(moment));
}

/** Numbers fill the properties in order; what is left of the properties is cleared, what is left of the numbers is not written. */
function toPhones(value: Json, entry: Entry): Converted {
  const list = Array.isArray(value) ? value : [value];
  const texts = textsOf(list.map(telOf));
  if (!texts) return { problem: 'is not a list of telephone numbers' };
  return { values: entry.to.map((_, index) => texts[index] ?? null) };
}

/** `mobiles` holds texts, `mobileList` objects with `tel`. */
function telOf(item: Json): Json {
  return isJsonObject(item) ? (item.tel ?? []) : item;
}

/** `[longitude, latitude]`, the order of https://open.dustess.com/doc-5158583 (经纬度). `[0,0]` is "none". */
function toCoordinate(value: Json, entry: Entry): Converted {
  const texts = Array.isArray(value) ? value.map((item) => (isScalar(item) ? String(item).trim() : '')) : [];
  const pair = texts.map((text) => (NUMBER.test(text) ? Number(text) : Number.NaN));
  const [longitude, latitude] = pair;
  if (pair.length !== 2 || !isDegree(longitude, 180) || !isDegree(latitude, 90))
    return { problem: 'is not a pair of longitude and latitude' };
  if (longitude === 0 && latitude === 0) return cleared(entry);
  return entry.to.length === 1 ? one(texts.join(',')) : { values: [longitude, latitude] };
}

const isDegree = (value: number | undefined, most: number): value is number =>
  value !== undefined && Math.abs(value) <= most;
