/** The quirks that differ between HubSpot accounts, or that HubSpot does not document; each can be switched. */
export interface HubspotQuirks {
  /** The account is in the "Primary ID Preservation" beta: a merge keeps the primary's record id. */
  keepsPrimaryId: boolean;
  /** A lookup by the merged-away contact's unique value still leads to the survivor. Not documented. */
  loserValueResolves: boolean;
  /** Writes to a record's earlier ids are taken, too. Not documented. */
  oldIdsAreWritable: boolean;
  /** What a merge of two that are one already is answered with. Not documented. */
  repeatedMerge: 'refused' | 'not-found' | 'accepted';
  /** A batch read that meets one contact under several ids repeats it. Not documented. */
  batchRepeatsContacts: boolean;
  /** A value that was emptied once counts against the loser's, unlike one that never was. Third parties' observation. */
  clearedBeatsLoser: boolean;
  /** How far the search's index is behind, milliseconds: it shows a contact as it was created or written so long ago. */
  searchLagMs: number;
}

export const DEFAULT_QUIRKS: HubspotQuirks = {
  keepsPrimaryId: false,
  loserValueResolves: false,
  oldIdsAreWritable: false,
  repeatedMerge: 'refused',
  batchRepeatsContacts: false,
  clearedBeatsLoser: false,
  searchLagMs: 0,
};

export interface PortalProperty {
  name: string;
  label: string;
  type: string;
  fieldType: string;
  groupName: string;
  description: string;
  hasUniqueValue: boolean;
  options: string[];
}

export interface PortalContact {
  id: string;
  /** Empty text: emptied once. */
  values: Map<string, string>;
  createdAt: number;
  updatedAt: number;
  /** Kind of object → ids. */
  associated?: Record<string, string[]>;
  /** How many merges are behind it. */
  merges: number;
}

export class Refusal extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  constructor(status: number, body: Record<string, unknown>) {
    super(`refused with ${status}`);
    this.status = status;
    this.body = body;
  }
}

export const invalid = (message: string, code: string, propertyName?: string) =>
  new Refusal(400, {
    message,
    category: 'VALIDATION_ERROR',
    errors: [{ message, code, ...(propertyName && { context: { propertyName: [propertyName] } }) }],
  });

export const notFound = () => new Refusal(404, { message: 'Object not found', category: 'OBJECT_NOT_FOUND' });

export const property = (name: string, more: Partial<PortalProperty> = {}): PortalProperty => ({
  name,
  label: name,
  type: 'string',
  fieldType: 'text',
  groupName: 'contactinformation',
  description: '',
  hasUniqueValue: false,
  options: [],
  ...more,
});
