import type { RecordCrm } from '../../ports.ts';
import { checkBaseUrl } from '../base-url.ts';
import type { JournalProperties } from '../setting-fields.ts';
import { createTrytonRpc, type TrytonAccess, type TrytonRpc } from './calls.ts';
import { VENDOR } from './failures.ts';
import { findParties } from './find.ts';
import { createJournalNames } from './journal.ts';
import { locateParties } from './locate.ts';
import { replaceParty } from './merge.ts';
import { createUndo } from './undo.ts';
import { createParty, updateParty } from './write.ts';

export const DEFAULT_IDENTIFIER_PREFIX = 'dustess:';

export interface TrytonOptions extends TrytonAccess {
  /** Stands before the contact id in the identifier's code; `dustess:` if left out. */
  identifierPrefix?: string | undefined;
  /** What plans keep of parties besides the mapped properties. */
  journal?: { properties: JournalProperties } | undefined;
}

/**
 * Parties of Tryton, merged by its own wizard "Replace Party". A party's contact id is one of its identifiers, without
 * a type and with a prefix: `party.code` is the company's own number, and the party module needs nothing more.
 * Properties are fields of `party.party`, kinds of contact mechanisms (`mobile`, `email` …) and `categories` by name.
 * @throws ConfigError for an address that cannot be called.
 */
export function createTrytonCrm(options: TrytonOptions, rpc: TrytonRpc = createTrytonRpc(options)): RecordCrm {
  const { identifierPrefix: prefix = DEFAULT_IDENTIFIER_PREFIX } = options;
  checkBaseUrl(options.baseUrl, { setting: 'baseUrl' });
  const journalNames = createJournalNames(rpc, options.journal?.properties);
  return {
    style: 'record',
    name: VENDOR,
    rules: { losersPerMerge: 1, mergeSetsValues: false, fillsBlanks: false },
    find: async (contactIds, properties) =>
      findParties(rpc, { contactIds, properties: [...properties, ...(await journalNames())], prefix }),
    locate: (recordIds) => locateParties(rpc, recordIds, options.now),
    async merge(merge) {
      await replaceParty(rpc, merge);
      return { survivor: merge.survivor };
    },
    update: (recordId, write) => updateParty(rpc, recordId, write, prefix),
    create: async (write) => ({ recordId: await createParty(rpc, write, prefix) }),
    undo: createUndo(rpc),
  };
}
