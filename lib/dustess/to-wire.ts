import { CUSTOM_PREFIX, type Field } from '../event.ts';
import type { Json, JsonObject } from '../json.ts';

/** Fields in the sender's own shape again: top-level keys, and custom fields as a list of `{id,type,value}`. */
export function toWire(fields: Field[]): JsonObject {
  const plain = fields
    .filter(({ key }) => !key.startsWith(CUSTOM_PREFIX))
    .map(({ key, wire }): [string, Json] => [key, wire]);
  const custom = fields.filter(({ key }) => key.startsWith(CUSTOM_PREFIX)).map(customWire);
  return { ...Object.fromEntries(plain), ...(custom.length > 0 && { customFields: custom }) };
}

/** A field known only to have been emptied has no wire form of its own. */
function customWire({ key, wire }: Field): Json {
  if (typeof wire === 'object' && wire !== null) return wire;
  return { id: key.slice(CUSTOM_PREFIX.length), type: 'text', value: '""' };
}
