import { UnreadableEvent } from '../errors.ts';
import type { Field, MergeEvent } from '../event.ts';
import type { Json, JsonObject } from '../json.ts';
import { isBlank, isJsonObject } from '../json.ts';
import { idText, isUsableId } from './field-names.ts';
import { milliseconds } from './open-envelope.ts';
import { parseJson } from './parse-json.ts';

/** The one event that is applied; both names are fixed: https://open.dustess.com/doc-5158583 */
export function isMergeEvent(event: string, action: string): boolean {
  return event === 'CRM_MERGE' && action === 'CRM_CONTACT_MERGED';
}

/**
 * Wire → our words, with every drift that the sample of that page shows. What we do not know is not looked at.
 * @throws UnreadableEvent naming the field that is missing or unusable.
 */
export function readMergeEvent(eventId: string, body: JsonObject): MergeEvent {
  return {
    eventId,
    survivorId: contactId(body.mainID, 'mainID'),
    loserIds: [...new Set(list(body.mergedIDs, 'mergedIDs').map((id) => contactId(id, 'mergedIDs')))],
    changed: readFields(body.changed),
    old: readFields(body.old),
    mergedContacts: Array.isArray(body.mergedContacts) ? body.mergedContacts : [],
    triggeredAt: moment(body.triggerTs),
    account: text(body.account),
    operatorId: text(body.uid),
    origin: text(body.actionOrigin),
  };
}

const text = (value: Json | undefined) =>
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

const LAST_MOMENT = 8_640_000_000_000_000; // As far as a Date goes.

function moment(value: Json | undefined): number {
  const at = milliseconds(text(value));
  if (!(at > 0 && at <= LAST_MOMENT)) throw new UnreadableEvent('triggerTs');
  return at;
}

const CUSTOM = 'customFields';

/** Each key once; of a custom field that is listed twice the last counts, as it does for a key of JSON. */
function readFields(value: Json | undefined): Field[] {
  if (!isJsonObject(value)) return [];
  const top = Object.entries(value).filter(([key]) => key !== CUSTOM && !key.startsWith(`${CUSTOM}.`));
  const custom = Array.isArray(value[CUSTOM]) ? value[CUSTOM].flatMap(customField) : [];
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
  return key === 'coordinate' && Array.isArray(value) && value.every((number) => number === 0);
}

/** `value` is itself a JSON text; one that is not valid JSON is taken as it stands. */
function customField(wire: Json): Field[] {
  if (!isJsonObject(wire)) return [];
  const id = idText(wire.id);
  if (id === undefined || !isUsableId(id)) return [];
  const value = decoded(wire.value);
  const type = typeof wire.type === 'string' ? { type: wire.type } : {};
  return [{ key: `${CUSTOM}.${id}`, value, cleared: isBlank(value), ...type, wire }];
}

function decoded(wire: Json | undefined): Json {
  const value = wire ?? null;
  const json = typeof value === 'string' ? parseJson(value) : undefined;
  // Digits that no number of ours holds exactly (a bank card, a long id) were a text without its quotes.
  const isInexact = typeof json === 'number' && Math.abs(json) > Number.MAX_SAFE_INTEGER;
  return json === undefined || isInexact ? value : json;
}
