import type { CheckedField, MappingCheck } from './check.ts';

/** What a mapping does to an event, for a terminal. @param keys the mapped fields. */
export function describeCheck({ fields, absent, write, command, ...check }: MappingCheck, keys: string[]): string[] {
  if (check.conflict !== undefined) return [`this event would be parked: ${check.conflict}`];
  if (command) return [JSON.stringify(command, null, 2)];
  const mapped = fields.filter(({ key }) => keys.includes(key));
  const unmapped = fields.filter((field) => !mapped.includes(field)).map(({ key }) => key);
  const ofFields = new Set(fields.flatMap(({ writes }) => writes.map(({ property }) => property)));
  const others = Object.entries(write).filter(([property]) => !ofFields.has(property));
  return [
    ...mapped.flatMap((field) => linesOfField(field, check.onlyWhereEmpty)),
    ...others.map(([property, value]) => `ids of the losers  → ${property} = ${JSON.stringify(value)}`),
    ...(absent.length > 0 ? [`not in this event: ${absent.join(', ')}`] : []),
    ...(unmapped.length > 0 ? [`not mapped: ${unmapped.join(', ')}`] : []),
  ];
}

function linesOfField({ key, value, decision, writes, problem }: CheckedField, onlyWhereEmpty: string[]): string[] {
  const source = `${key} ${JSON.stringify(value)}`;
  if (decision !== 'write') return [`${source}  – not written: ${WHY_NOT[decision]}`];
  if (problem !== undefined) return [`${source}  ✗ left alone: ${problem}`];
  if (writes.length === 0) return [`${source}  – left as it is: "if-empty" never clears`];
  return writes.map(({ property, value: written }) => {
    const condition = onlyWhereEmpty.includes(property) ? ' (only where empty)' : '';
    return `${source}  → ${property} = ${written === null ? 'cleared' : JSON.stringify(written)}${condition}`;
  });
}

const WHY_NOT: { [D in Exclude<CheckedField['decision'], 'write'>]: string } = {
  omitted: 'it is in "omitFields"',
  'switched-off': '"fields" is "none"',
  unchanged: 'this merge did not change it, and "fields" is not "snapshot"',
  older: 'a later event decided it',
  'survivor-gone': 'the survivor was merged away',
};

/** The check in one sentence. */
export function summaryOf({ fields, write, onlyWhereEmpty, command, conflict }: MappingCheck): string {
  if (conflict !== undefined) return 'nothing would be written';
  if (command) {
    const changed = fields.filter(({ decision }) => decision === 'write').map(({ key }) => key);
    const what = changed.length === 0 ? 'no changed field' : `the changed fields ${changed.join(', ')}`;
    return `one command would be sent, with ${what}; an http CRM gets fields as they are, a mapping is not used`;
  }
  const count = Object.keys(write).length;
  const condition = onlyWhereEmpty.length === 0 ? '' : `, ${onlyWhereEmpty.length} of them only where empty`;
  const problems = fields.filter(({ problem }) => problem !== undefined).length;
  const left = problems === 0 ? 'none is left alone' : `${problems} cannot be converted and would be left alone`;
  return `${count} ${count === 1 ? 'property' : 'properties'} would be written${condition}; of the mapped fields ${left}`;
}
