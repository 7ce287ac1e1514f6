import type { Conversion } from '../../mapping/known-fields.ts';
import type { Finding } from '../finding.ts';
import { misfit, type PropertyKind } from '../mapped-properties.ts';
import type { DescribedContact, DescribedField } from './describe.ts';

/** Fields of Contact that the adapter will use. */
export interface Needed {
  idField: string;
  absorbedIdsField: string | undefined;
  mapped: string[];
  conversions?: Map<string, Conversion>;
  /** Only read. */
  read: string[];
}

/** Contact as it is described, which is as this user may see it, against what the adapter needs. */
export function checkFields(described: DescribedContact, needed: Needed): Finding[] {
  const byName = new Map(described.fields.map((field) => [field.name.toLowerCase(), field]));
  const fieldNamed = (name: string) => byName.get(name.toLowerCase());
  return [
    checkObject(described),
    checkIdField(needed.idField, fieldNamed(needed.idField)),
    ...(needed.absorbedIdsField === undefined
      ? []
      : [checkAbsorbed(needed.absorbedIdsField, fieldNamed(needed.absorbedIdsField))]),
    ...needed.mapped.map((name) => checkMapped(name, fieldNamed(name), needed.conversions?.get(name))),
    ...needed.read.filter((name) => !fieldNamed(name)).map(unreadable),
  ];
}

function checkObject({ mergeable, deletable, updateable }: DescribedContact): Finding {
  const missing = [...(updateable ? [] : ['Edit']), ...(deletable ? [] : ['Delete'])];
  const check = 'permission to merge contacts';
  if (mergeable && missing.length === 0) return { check, ok: true, advice: 'granted' };
  return { check, ok: false, advice: `the user needs ${missing.join(' and ') || 'Edit and Delete'} on Contact` };
}

function checkIdField(name: string, field: DescribedField | undefined): Finding {
  const check = `id field ${name}`;
  if (!field)
    return {
      check,
      ok: false,
      advice: 'create it: Contact, Text(255), External ID, Unique; let the user see and edit it',
    };
  const missing = [
    ...(field.externalId ? [] : ['tick "External ID"']),
    ...(field.unique ? [] : ['tick "Unique"']),
    ...(field.updateable ? [] : ['let the user edit it']),
  ];
  return { check, ok: missing.length === 0, advice: missing.join('; ') || 'External ID, unique, editable' };
}

const MIN_LENGTH = 32_000;

function checkAbsorbed(name: string, field: DescribedField | undefined): Finding {
  const check = `field for merged ids ${name}`;
  if (!field)
    return { check, ok: false, advice: 'create it: Contact, Long Text Area(131072); let the user see and edit it' };
  if (!field.updateable) return { check, ok: false, advice: 'let the user edit it' };
  const short = field.type !== 'textarea' || (field.length ?? MIN_LENGTH) < MIN_LENGTH;
  return { check, ok: !short, advice: short ? 'make it a Long Text Area(131072)' : 'a long text, editable' };
}

/** https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/field_types.htm */
const KINDS = new Map<string, PropertyKind>([
  ...['string', 'textarea', 'email', 'phone', 'url', 'encryptedstring'].map((type) => [type, 'text'] as const),
  ...['int', 'long', 'double', 'currency', 'percent'].map((type) => [type, 'number'] as const),
  ['boolean', 'boolean'],
  ['date', 'date'],
  ['datetime', 'datetime'],
  ['picklist', 'option'],
  ['combobox', 'option'],
  ['multipicklist', 'multi'],
]);

function checkMapped(name: string, field: DescribedField | undefined, writes: Conversion | undefined): Finding {
  const check = `mapped field ${name}`;
  if (!field)
    return { check, ok: false, advice: 'Contact has no such field, or the user may not see it: correct the mapping' };
  if (!field.updateable) return { check, ok: false, advice: 'let the user edit it' };
  const unfit = misfit(writes, KINDS.get(field.type), field.type);
  return { check, ok: unfit === undefined, advice: unfit ?? `${field.type}, editable` };
}

const unreadable = (name: string): Finding => ({
  check: `field ${name}`,
  ok: false,
  advice: 'the user may not see it: grant read access, or leave it out with journal.properties',
});
