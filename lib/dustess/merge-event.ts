import { UnreadableEvent } from '../errors.ts';
import { CUSTOM_FIELDS, CUSTOM_PREFIX, type Field, type MergeEvent } from '../event.ts';
import type { Json, JsonObject } from '../json.ts';
import { isBlank, isJsonObject } from '../json.ts';
import { idText, isUsableId } from './ids.ts';
import { milliseconds } from './open-envelope.ts';
import { parseExactJson } from './parse-json.ts';

const DAY_MS = 86_400_000;
const MAX_TIME = 8_640_000_000_000_000; // As far as a Date goes.

/**
 * Wire → our words, with every drift that the sample of https://open.dustess.com/doc-5158583 shows. What we do not know
 * is not looked at. @throws UnreadableEvent as `readMergeIds` does.
 */
export function readMergeEvent(eventId: string, body: JsonObject, sentAt = Number.POSITIVE_INFINITY): MergeEvent {
  return {
    eventId,
    ...readMergeIds(body, sentAt),
    changed: readFields(body.changed),
    old: readFields(body.old),
    mergedContacts: Array.isArray(body.mergedContacts) ? body.mergedContacts : [],
    account: scalarText(body.account),
    operatorId: scalarText(body.uid),
    origin: scalarText(body.actionOrigin),
  };
}

/**
 * Who was merged into whom, and when: all that a merge cannot do without.
 * @param sentAt milliseconds since 1970: when the event was signed, or received where nothing is signed. A merge is
 * triggered before it is sent; a day is left for clocks that differ.
 * @throws UnreadableEvent naming the field that is missing or unusable.
 */
export function readMergeIds(
  body: JsonObject,
  sentAt: number,
): Pick<MergeEvent, 'survivorId' | 'loserIds' | 'triggeredAt'> {
  return {
    survivorId: contactId(body.mainID, 'mainID'),
    loserIds: [...new Set(list(body.mergedIDs, 'mergedIDs').map((id) => contactId(id, 'mergedIDs')))],
    triggeredAt: triggerTime(body.triggerTs, Math.min(sentAt + DAY_MS, MAX_TIME)),
  };
}

/** A text or a number as a text; empty for anything else. */
export const scalarText = (value: Json | undefined) =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

function contactId(value: Json | undefined, name: string): string {
  const id = idText(value);
  if (id === undefined || !isUsableId(id)) throw new UnreadableEvent(name);
  return id;
}

function list(value: Json | undefined, name: string): Json[] {
  if (!Array.isArray(value)) throw new UnreadableEvent(name);
  return value;
}

/** Seconds or milliseconds, as a number or as its digits. */
function triggerTime(value: Json | undefined, latest: number): number {
  const text = scalarText(value).trim();
  const number = /^[\d.eE+]+$/.test(text) ? Number(text) : Number.NaN;
  const at = Number.isSafeInteger(number) ? milliseconds(String(number)) : Number.NaN;
  if (!(at > 0 && at <= latest)) throw new UnreadableEvent('triggerTs');
  return at;
}

/** The fields of a contact as it was sent. Each key once; of a custom field that is listed twice the last counts, as it does for a key of JSON. */
export function readFields(value: Json | undefined): Field[] {
  if (!isJsonObject(value)) return [];
  const top = Object.entries(value).filter(([key]) => key !== CUSTOM_FIELDS && !key.startsWith(CUSTOM_PREFIX));
  const custom = Array.isArray(value[CUSTOM_FIELDS]) ? value[CUSTOM_FIELDS].flatMap(customField) : [];
  const fields = [...top.map(([key, one]) => plainField(key, one)), ...custom];
  return [...new Map(fields.map((field) => [field.key, field])).values()];
}

const plainField = (key: string, value: Json): Field => ({
  key,
  value,
  cleared: isBlank(value) || isEmptyInItsOwnWay(key, value),
  wire: value,
});

const NO_CATEGORY = '00000000-0000-0000-0000-000000000000';

/** A category or a place that is not set is sent as zeros. A zero elsewhere is a value: gender 0 means unknown. */
function isEmptyInItsOwnWay(key: string, value: Json): boolean {
  if (key === 'categoryID') return value === NO_CATEGORY;
  return key === 'coordinate' && Array.isArray(value) && value.every(isZero);
}

const isZero = (value: Json) => value === 0 || (typeof value === 'string' && value !== '' && Number(value) === 0);

function customField(wire: Json): Field[] {
  if (!isJsonObject(wire)) return [];
  const id = idText(wire.id);
  if (id === undefined || !isUsableId(id)) return [];
  const type = typeof wire.type === 'string' ? { type: wire.type } : {};
  const value = decoded(wire.value ?? null, type.type);
  return [{ key: `${CUSTOM_PREFIX}${id}`, value, cleared: isBlank(value), ...type, wire }];
}

/**
 * `value` is itself a JSON text. What stands there without being JSON, or as JSON that would be written in another way
 * (`1.10`, `1E5`), was a text without its quotes and stays as it is, and so does all that a text field holds.
 */
function decoded(wire: Json, type: string | undefined): Json {
  if (typeof wire !== 'string') return wire;
  const value = parseExactJson(wire);
  if (value === undefined) return wire;
  if (isBlank(value)) return value;
  if (typeof value === 'object') return type === 'text' ? wire : value;
  const isQuoted = wire.trimStart().startsWith('"');
  return isQuoted || String(value) === wire ? value : wire;
}
