import type { Field } from '../event.ts';
import type { FieldMapping, MappedField } from '../merge/policy.ts';
import { convert } from './convert.ts';
import { type Entry, readEntries } from './entries.ts';
import { NOTHING_RESERVED } from './reserved-properties.ts';

/**
 * A tenant's mapping of 尘锋 fields to CRM properties, from its data:
 * `{"remark":"nickname", "gender":{"to":"gender","options":{"0":null,"1":"male"}}, "customFields.field36":{"to":"signed_on","as":"date"}}`.
 * Without data nothing is mapped.
 * @param reserved properties of the tenant's CRM that no field may be mapped to.
 * @throws ConfigError naming the tenant, each bad field and what to do, all at once; never a value.
 */
export function createFieldMapping(tenant: string, mapping: unknown, reserved = NOTHING_RESERVED): FieldMapping {
  return fieldMappingOf(readEntries(`tenant ${tenant}`, mapping, reserved));
}

/** The mapping of entries that are checked already. */
export function fieldMappingOf(entries: Entry[]): FieldMapping {
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  return {
    properties: entries.flatMap((entry) => entry.to),
    map(fields) {
      const results = fields.flatMap((field) => {
        const entry = byKey.get(field.key);
        return entry ? [mapField(field, entry)] : [];
      });
      return {
        mapped: results.flatMap(({ mapped }) => mapped),
        problems: results.flatMap(({ problems }) => problems),
      };
    },
  };
}

function mapField(field: Field, entry: Entry): { mapped: MappedField[]; problems: { key: string; problem: string }[] } {
  const { key, overwrite } = entry;
  const converted = convert(field, entry);
  if ('problem' in converted) return { mapped: [], problems: [{ key, problem: converted.problem }] };
  const mapped = entry.to.map((property, index) => ({
    key,
    property,
    value: converted.values[index] ?? null,
    overwrite,
  }));
  return { mapped, problems: [] };
}
