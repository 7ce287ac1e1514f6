import type { RecordCrm } from '../../ports.ts';
import { createHubspotCalls, type HubspotAccess } from './calls.ts';
import { findContacts } from './find.ts';
import { createPreImages } from './journal.ts';
import { locateContacts } from './locate.ts';
import { mergePair } from './merge.ts';
import { HUBSPOT_ABSORBED_IDS_PROPERTY, HUBSPOT_ID_PROPERTY, type HubspotJournal } from './settings.ts';
import { createUndo } from './undo.ts';
import { createContact, updateContact } from './write.ts';

export interface HubspotOptions extends HubspotAccess {
  /** Internal name of the contact property with unique values that holds the 尘锋 contact id. */
  idProperty?: string;
  /** Internal name of the plain text property that collects the losers' contact ids. */
  absorbedIdsProperty?: string;
  /** What plans keep of contacts besides the mapped properties. */
  journal?: HubspotJournal;
}

/**
 * HubSpot's contacts. Merged in pairs; a merge may give the survivor a new record id (HubSpot's default since 2025) or
 * keep its id (accounts with "Primary ID Preservation"), and either way the old ids lead to it on a read
 * (https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies).
 * @throws ConfigError at once for a token or base URL that cannot be one.
 * @example
 * const crm = createHubspotCrm({ token, fetch, now: Date.now, sleep: setTimeout, timeoutMs: 10_000 });
 * const { survivor } = await crm.merge({ survivor: '10001', losers: ['10002'] }); // '10003': from now on it lives there
 */
export function createHubspotCrm(options: HubspotOptions): RecordCrm {
  const { idProperty = HUBSPOT_ID_PROPERTY, absorbedIdsProperty = HUBSPOT_ABSORBED_IDS_PROPERTY } = options;
  const calls = createHubspotCalls(options);
  const preImages = createPreImages(calls, options.journal);
  return {
    style: 'record',
    name: 'hubspot',
    rules: { losersPerMerge: 1, mergeSetsValues: false, fillsBlanks: true, absorbedIdsProperty },
    find: (contactIds, properties) => findContacts(calls, { idProperty, contactIds, properties, preImages }),
    locate: (recordIds) => locateContacts(calls, recordIds),
    merge: (pair) => mergePair(calls, pair),
    update: (recordId, write) => updateContact(calls, recordId, { idProperty, write }),
    create: async (write) => ({ recordId: await createContact(calls, { idProperty, write }) }),
    undo: createUndo(calls, idProperty),
  };
}
