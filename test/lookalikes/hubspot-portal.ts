import {
  type HubspotQuirks,
  invalid,
  notFound,
  type PortalContact,
  type PortalProperty,
  property,
  Refusal,
} from './hubspot-account.ts';
import { join } from './hubspot-merge.ts';
import type { PortalRules } from './hubspot-rules.ts';

const BUILT_IN = ['email', 'firstname', 'lastname', 'phone', 'mobilephone', 'lifecyclestage', 'hubspot_owner_id'];
const READ_ONLY = ['hs_object_id', 'createdate', 'lastmodifieddate', 'hs_merged_object_ids', 'hs_additional_emails'];
const MOST_MERGES = 250;
const FIRST_ID = 10_000;

export type Portal = ReturnType<typeof createPortal>;

/** The contacts of one HubSpot account, as its documentation has them. */
export function createPortal(quirks: HubspotQuirks, now: () => number) {
  const contacts = new Map<string, PortalContact>();
  /** Where a merged-away record id leads. */
  const mergedInto = new Map<string, string>();
  /** Unique values of merged-away contacts: `property value` → record id. */
  const formerValues = new Map<string, string>();
  const archivedProperties = new Map<string, PortalProperty>();
  const rules: PortalRules = { onCreate: [], conditional: [], bindsUnrelatedWrites: false };
  const properties = new Map([...BUILT_IN, ...READ_ONLY].map((name) => [name, property(name)]));
  let lastId = FIRST_ID;
  /** Who has, or had, a value: `property value`. A search through all contacts would take hours with 100 000 of them. */
  const holders = new Map<string, Set<PortalContact>>();
  let merges = 0;

  function hold(contact: PortalContact, values: Iterable<[name: string, value: string]>): void {
    for (const [name, value] of values) {
      const key = `${name} ${value}`;
      const known = holders.get(key);
      if (known) known.add(contact);
      else holders.set(key, new Set([contact]));
    }
  }

  function make(values: Map<string, string>, more: Partial<PortalContact> = {}): PortalContact {
    lastId += 1;
    const contact = { id: String(lastId), values, createdAt: now(), updatedAt: now(), merges: 0, ...more };
    contacts.set(contact.id, contact);
    return contact;
  }

  /** Old ids lead to the record they were merged into, over any number of merges. */
  function byId(id: string): PortalContact | undefined {
    for (let at = id; ; ) {
      const next = mergedInto.get(at);
      if (next === undefined) return contacts.get(at);
      at = next;
    }
  }

  const isUnique = (name: string) => properties.get(name)?.hasUniqueValue === true || name === 'email';

  function byUniqueValue(name: string, value: string): PortalContact | undefined {
    if (!isUnique(name)) throw invalid(`Property ${name} does not have unique values`, 'INVALID_ID_PROPERTY', name);
    for (const contact of holders.get(`${name} ${value}`) ?? [])
      if (contacts.get(contact.id) === contact && contact.values.get(name) === value) return contact;
    const former = quirks.loserValueResolves ? formerValues.get(`${name} ${value}`) : undefined;
    return former === undefined ? undefined : byId(former);
  }

  function writable(id: string): PortalContact {
    const contact = quirks.oldIdsAreWritable ? byId(id) : contacts.get(id);
    if (!contact) throw notFound();
    return contact;
  }

  function checkValue(name: string, value: string, owner: PortalContact | undefined): void {
    const known = properties.get(name);
    if (!known) throw invalid(`Property "${name}" does not exist`, 'PROPERTY_DOESNT_EXIST', name);
    if (READ_ONLY.includes(name)) throw invalid(`"${name}" is read only`, 'READ_ONLY_VALUE', name);
    const options = value.split(';').filter(Boolean);
    if (known.options.length > 0 && options.some((option) => !known.options.includes(option)))
      throw invalid(`${value} was not one of the allowed options`, 'INVALID_OPTION', name);
    if (value === '' || !known.hasUniqueValue) return;
    const holder = byUniqueValue(name, value);
    if (holder && holder !== owner)
      throw invalid(`${holder.id} already has that value.`, 'CONFLICTING_UNIQUE_VALUE', name);
  }

  function write(contact: PortalContact, values: Record<string, string>): void {
    for (const [name, value] of Object.entries(values)) {
      const before = contact.values.get(name);
      // A leading semicolon adds options to a multi-select instead of replacing them.
      const added = value.startsWith(';') && before ? `${before}${value}` : value.replace(/^;/, '');
      contact.values.set(name, added);
      if (isUnique(name)) hold(contact, [[name, added]]);
    }
    contact.updatedAt = now();
  }

  return {
    contacts,
    properties,
    archivedProperties,
    rules,
    byId,
    byUniqueValue,
    merges: () => merges,

    create(values: Record<string, string>): PortalContact {
      for (const [name, value] of Object.entries(values)) checkValue(name, value, undefined);
      const twin = values.email ? byUniqueValue('email', values.email) : undefined;
      if (twin)
        throw new Refusal(409, { message: `Contact already exists. Existing ID: ${twin.id}`, category: 'CONFLICT' });
      const contact = make(new Map());
      write(contact, values);
      return contact;
    },

    update(id: string, values: Record<string, string>): PortalContact {
      const contact = writable(id);
      for (const [name, value] of Object.entries(values)) checkValue(name, value, contact);
      write(contact, values);
      return contact;
    },

    /** All of them, or none where one is refused. */
    updateAll(updates: { id: string; values: Record<string, string> }[]): PortalContact[] {
      const contacts = updates.map(({ id, values }) => {
        const contact = writable(id);
        for (const [name, value] of Object.entries(values)) checkValue(name, value, contact);
        return contact;
      });
      for (const [index, contact] of contacts.entries()) write(contact, updates[index]?.values ?? {});
      return contacts;
    },

    /** Record ids from this one on, in their order. */
    idsFrom(id: number, count: number): string[] {
      const ids: string[] = [];
      for (let at = Math.max(id, FIRST_ID); at <= lastId && ids.length < count; at++)
        if (contacts.has(String(at))) ids.push(String(at));
      return ids;
    },

    merge(primaryId: string, loserId: string): PortalContact {
      const [here, there] = [byId(primaryId), byId(loserId)];
      if (here && here === there) {
        if (quirks.repeatedMerge === 'accepted') return here;
        if (quirks.repeatedMerge === 'not-found') throw notFound();
        throw invalid('These contacts cannot be merged', 'INVALID_MERGE');
      }
      const [primary, loser] = [writable(primaryId), writable(loserId)];
      if (primary.merges + loser.merges + 1 > MOST_MERGES)
        throw new Refusal(414, {
          message: 'Cannot have more than 250 identities on a profile',
          category: 'VALIDATION_ERROR',
        });
      merges += 1;
      const joined = join({ contacts, mergedInto, formerValues, properties, quirks, make, now }, primary, loser);
      hold(
        joined,
        [...joined.values].filter(([name]) => isUnique(name)),
      );
      return joined;
    },

    remove(id: string): void {
      contacts.delete(id);
    },
  };
}
