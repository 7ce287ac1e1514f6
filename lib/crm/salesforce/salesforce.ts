import { ConfigError } from '../../errors.ts';
import type { Fetch, Now, RecordCrm, RecordWrite } from '../../ports.ts';
import { checkBaseUrl } from '../base-url.ts';
import type { JournalProperties } from '../setting-fields.ts';
import { createCalls } from './calls.ts';
import { VENDOR } from './failures.ts';
import { findContacts } from './find.ts';
import { locateContacts } from './locate.ts';
import { LOSERS_PER_MERGE, mergeContacts } from './merge.ts';
import type { SalesforceSession } from './session.ts';
import { DEFAULT_ID_FIELD } from './settings.ts';
import { createUndo } from './undo.ts';
import { createContact, updateContact } from './write.ts';

export interface SalesforceOptions {
  /** The org's My Domain address: `https://acme.my.salesforce.com`. */
  instanceUrl: string;
  session: SalesforceSession;
  fetch: Fetch;
  now: Now;
  /** For each call. */
  timeoutMs: number;
  /** `62.0` if left out. */
  apiVersion?: string | undefined;
  /** An External ID field, unique, with the 尘锋 contact id. */
  idField?: string | undefined;
  /** A long text field that collects the losers' contact ids. */
  absorbedIdsField?: string | undefined;
  /** What plans keep of both records besides the mapped fields: a merge does not bring over the losers' values. */
  journal?: { properties: JournalProperties } | undefined;
  /** The same, by the name it had first. */
  journalFields?: string[] | undefined;
}

export const DEFAULT_API_VERSION = '62.0';
const JOURNAL_FIELDS = ['FirstName', 'LastName', 'Email', 'Phone', 'MobilePhone', 'AccountId', 'OwnerId'];

/**
 * Contacts in Salesforce: SOAP `merge` (REST has none), everything else over REST.
 * @throws ConfigError for an address that cannot be an API's.
 */
export function createSalesforceCrm(options: SalesforceOptions): RecordCrm {
  checkInstanceUrl(options.instanceUrl);
  const { apiVersion = DEFAULT_API_VERSION, idField = DEFAULT_ID_FIELD, absorbedIdsField } = options;
  const calls = createCalls({ ...options, apiVersion });
  const journal = journalOf(options);
  const valuesOf = ({ contactId, values }: RecordWrite) =>
    contactId === undefined ? values : { ...values, [idField]: contactId };
  return {
    style: 'record',
    name: VENDOR,
    rules: {
      losersPerMerge: LOSERS_PER_MERGE,
      mergeSetsValues: true,
      fillsBlanks: false,
      ...(absorbedIdsField !== undefined && { absorbedIdsProperty: absorbedIdsField }),
    },
    find: (contactIds, properties) => findContacts(calls, { idField, contactIds, properties, journal }),
    locate: (recordIds) => locateContacts(calls, recordIds),
    merge: (merge) => mergeContacts(calls, merge),
    update: (recordId, write) => updateContact(calls, recordId, valuesOf(write)),
    create: async (write) => ({ recordId: await createContact(calls, valuesOf(write)) }),
    undo: createUndo(calls, idField),
  };
}

/** What plans keep of contacts besides the mapped fields. */
export const journalOf = ({ journal, journalFields }: Pick<SalesforceOptions, 'journal' | 'journalFields'>) =>
  journal?.properties ?? journalFields ?? JOURNAL_FIELDS;

const USER_INTERFACES = /\.lightning\.force\.com$|\.salesforce-setup\.com$|^(login|test)\.salesforce\.com$/;

/** @throws ConfigError for an address that cannot be an API's, without quoting it. */
export function checkInstanceUrl(instanceUrl: string): void {
  const { hostname, pathname } = checkBaseUrl(instanceUrl, { setting: 'instanceUrl' });
  if (USER_INTERFACES.test(hostname))
    throw new ConfigError('instanceUrl is an address of the user interface; use https://….my.salesforce.com');
  if (pathname !== '/') throw new ConfigError('instanceUrl goes without a path: https://….my.salesforce.com');
}
