import type { Json, JsonObject } from '../../../lib/json.ts';

export interface Contact {
  id: string;
  values: Map<string, Json>;
  isActive: boolean;
  /** The contact that it was merged into. */
  master?: string;
}

export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface OrgQuirks {
  /** There is no alternate key: two contacts may carry one id. */
  idsNotUnique?: boolean;
}

/** As a collation of Dataverse compares: without regard to case, accents, width and blanks at the end. */
export const alike = (text: Json | undefined): string =>
  typeof text === 'string' ? text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trimEnd() : '';

export const LONGEST = 2_000; // Of the columns of one line in the tests' environment.
const GENDERS = [1, 2];
const COLOURS = ['1', '2', '3'];

/** The table Contact of an environment. */
export function createOrg(idColumn: string, quirks: OrgQuirks = {}) {
  const contacts = new Map<string, Contact>();
  let made = 0;
  let absorbed = 0;

  const live = (id: Json | undefined): Contact => {
    const contact = contacts.get(String(id));
    if (!contact) throw new Refusal(404, '0x80040217', `contact With Id = ${id} Does Not Exist`);
    return contact;
  };
  /** @param own the contact that may have this id. */
  const check = (values: JsonObject, own?: string) => {
    for (const [name, value] of Object.entries(values)) {
      if (typeof value === 'string' && name !== 'description' && value.length > LONGEST)
        throw new Refusal(
          400,
          '0x80044331',
          `A validation error occurred. The length of '${name}' exceeds the maximum`,
        );
      if (name === 'gendercode' && value !== null && !GENDERS.includes(Number(value)))
        throw new Refusal(400, '0x8004431a', `The value of '${name}' is outside the valid range`);
      if (
        name === 'new_colours' &&
        value !== null &&
        !String(value)
          .split(',')
          .every((one) => COLOURS.includes(one))
      )
        throw new Refusal(400, '0x8004431a', `The value of '${name}' is outside the valid range`);
    }
    const id = values[idColumn];
    if (quirks.idsNotUnique || !id) return;
    // The key counts contacts that were merged away, too.
    for (const other of contacts.values())
      if (other.id !== own && alike(other.values.get(idColumn)) === alike(id))
        throw new Refusal(412, '0x80060892', 'Entity Key violated. A record with the same value already exists.');
  };
  const write = (contact: Contact, values: JsonObject) => {
    for (const [name, value] of Object.entries(values))
      if (name.startsWith('@')) continue;
      else if (value === null || value === '') contact.values.delete(name);
      else contact.values.set(name, value);
  };

  return {
    contacts,
    absorbed: () => absorbed,
    insert(values: JsonObject): Contact {
      check(values);
      made += 1;
      const contact = { id: guid(made), values: new Map<string, Json>(), isActive: true };
      write(contact, values);
      contacts.set(contact.id, contact);
      return contact;
    },
    update(id: string, values: JsonObject) {
      const contact = live(id);
      check(values, id);
      write(contact, values);
    },
    /** https://markcarrington.dev/2019/08/31/msdyn365-internals-merge-permissions lists what it looks at first. */
    merge(targetId: Json | undefined, subordinateId: Json | undefined, content: JsonObject) {
      const [target, subordinate] = [live(targetId), live(subordinateId)];
      if (target === subordinate) throw new Refusal(400, '0x80045305', 'master and sub-entities that are identical');
      if (!target.isActive) throw new Refusal(400, '0x80045304', `master entity:contact-${target.id} is deactive`);
      if (!subordinate.isActive)
        throw new Refusal(400, '0x80045304', `sub-entity:contact-${subordinate.id} is deactive`);
      check(content, target.id);
      write(target, content);
      Object.assign(subordinate, { isActive: false, master: target.id });
      absorbed += 1;
    },
  };
}

export type Org = ReturnType<typeof createOrg>;

export const guid = (number: number): string => `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
