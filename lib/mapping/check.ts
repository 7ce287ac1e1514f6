import type { Field } from '../event.ts';
import type { Json } from '../json.ts';
import type { MappedField } from '../merge/policy.ts';
import { readEntries } from './entries.ts';
import { fieldMappingOf } from './field-mapping.ts';
import { sampleFields } from './sample-fields.ts';

/** One field of an event and what the mapping makes of it. */
export interface CheckedField {
  key: string;
  value: Json;
  writes: Pick<MappedField, 'property' | 'value' | 'overwrite'>[];
  problem?: string;
}

export interface MappingCheck {
  fields: CheckedField[];
  /** Mapped fields that this event does not have. */
  absent: string[];
  /** For a terminal. */
  lines: string[];
}

/**
 * Shows what a mapping does to an event's fields, or to an invented sample that has them all. Pure.
 * The result holds the given values: for the operator's own terminal, never for a log.
 * @param where names the mapping in errors: a tenant, a file.
 * @throws ConfigError when the mapping itself is wrong.
 */
export function checkMapping(where: string, mapping: unknown, given?: Field[]): MappingCheck {
  const entries = readEntries(where, mapping);
  const fields = given ?? sampleFields(entries);
  const { map } = fieldMappingOf(entries);
  const checked = fields.map((field) => checkField(field, map([field])));
  const present = new Set(fields.map(({ key }) => key));
  const absent = entries.map(({ key }) => key).filter((key) => !present.has(key));
  return { fields: checked, absent, lines: linesOf(checked, absent) };
}

function checkField(
  { key, value }: Field,
  result: { mapped: MappedField[]; problems: { problem: string }[] },
): CheckedField {
  const [problem] = result.problems;
  const writes = result.mapped.map(({ property, value, overwrite }) => ({ property, value, overwrite }));
  return { key, value, writes, ...(problem && { problem: problem.problem }) };
}

function linesOf(fields: CheckedField[], absent: string[]): string[] {
  const touched = fields.filter(({ writes, problem }) => writes.length > 0 || problem !== undefined);
  const unmapped = fields.filter((field) => !touched.includes(field)).map(({ key }) => key);
  return [
    ...touched.flatMap(linesOfField),
    ...(absent.length > 0 ? [`not in this event: ${absent.join(', ')}`] : []),
    ...(unmapped.length > 0 ? [`not mapped: ${unmapped.join(', ')}`] : []),
  ];
}

function linesOfField({ key, value, writes, problem }: CheckedField): string[] {
  const source = `${key} ${JSON.stringify(value)}`;
  if (problem !== undefined) return [`${source}  ✗ left alone: ${problem}`];
  return writes.map((write) => `${source}  → ${write.property} = ${shown(write)}`);
}

function shown({ value, overwrite }: CheckedField['writes'][number]): string {
  if (overwrite === 'always') return value === null ? 'cleared' : JSON.stringify(value);
  return value === null ? 'left as it is' : `${JSON.stringify(value)} (only where empty)`;
}
