import type { HubspotQuirks, PortalContact, PortalProperty } from './hubspot-account.ts';

/** What a merge changes in an account. */
export interface Joining {
  contacts: Map<string, PortalContact>;
  mergedInto: Map<string, string>;
  formerValues: Map<string, string>;
  properties: Map<string, PortalProperty>;
  quirks: HubspotQuirks;
  make(values: Map<string, string>, more: Partial<PortalContact>): PortalContact;
  now: () => number;
}

/** Two contacts become one: a new record both old ids lead to, or the primary's own, by the account's settings. */
export function join(account: Joining, primary: PortalContact, loser: PortalContact): PortalContact {
  const { contacts, mergedInto, quirks, make, now } = account;
  const values = joinedValues(quirks, primary, loser);
  const merges = primary.merges + loser.merges + 1;
  rememberUniqueValues(account, primary, loser);
  const survivor = quirks.keepsPrimaryId
    ? Object.assign(primary, { values, merges, updatedAt: now() })
    : make(values, { merges, createdAt: Math.min(primary.createdAt, loser.createdAt) });
  for (const absorbed of [primary, loser].filter((one) => one !== survivor)) {
    contacts.delete(absorbed.id);
    mergedInto.set(absorbed.id, survivor.id);
  }
  return survivor;
}

function rememberUniqueValues({ properties, formerValues }: Joining, primary: PortalContact, loser: PortalContact) {
  for (const { name, hasUniqueValue } of properties.values()) {
    const value = hasUniqueValue ? loser.values.get(name) : undefined;
    if (value && primary.values.get(name)) formerValues.set(`${name} ${value}`, primary.id);
  }
}

/** The primary's values, its blanks filled from the loser, and the traces of the merge. */
function joinedValues(quirks: HubspotQuirks, primary: PortalContact, loser: PortalContact): Map<string, string> {
  const values = new Map(primary.values);
  for (const [name, value] of loser.values) {
    const own = values.get(name);
    if (own === undefined || (own === '' && !quirks.clearedBeatsLoser)) values.set(name, value);
  }
  const absorbed = quirks.keepsPrimaryId ? [loser.id] : [primary.id, loser.id];
  values.set('hs_merged_object_ids', listOf(primary, loser, 'hs_merged_object_ids', absorbed));
  const [email, other] = [primary.values.get('email'), loser.values.get('email')];
  if (email && other) values.set('hs_additional_emails', listOf(primary, loser, 'hs_additional_emails', [other]));
  return values;
}

const listOf = (primary: PortalContact, loser: PortalContact, name: string, more: string[]) =>
  [primary.values.get(name), loser.values.get(name), ...more].filter(Boolean).join(';');
