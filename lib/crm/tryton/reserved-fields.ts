/**
 * Fields of `party.party` that Tryton or this service writes: identifiers hold the contact ids, `active` and `replaced_by`
 * are what a merge leaves. https://docs.tryton.org/latest/modules-party/design/party.html
 */
export const TRYTON_OWN_FIELDS = [
  ...['id', 'replaced_by', 'active', 'rec_name', 'full_name'],
  ...['create_date', 'create_uid', 'write_date', 'write_uid'],
];
