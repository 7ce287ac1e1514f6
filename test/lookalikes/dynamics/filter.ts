import { alike, type Contact, Refusal } from './org.ts';

const CONDITION = /^(\w+) eq (?:'((?:[^']|'')*)'|([\da-f-]{36}))(?: or |$)/;

/** OData's `$filter`, as far as the adapter uses it: equalities, one of which has to hold. */
export function matches(filter: string, contact: Contact): boolean {
  let rest = filter;
  let found = false;
  while (rest !== '') {
    const [all, column = '', text, id] = CONDITION.exec(rest) ?? [];
    if (all === undefined) throw new Refusal(400, '0x80060888', 'Syntax error in $filter');
    if (id !== undefined && column === 'contactid') found ||= contact.id === id;
    else
      found ||= contact.values.has(column) && alike(contact.values.get(column)) === alike(text?.replaceAll("''", "'"));
    rest = rest.slice(all.length);
  }
  return found;
}
