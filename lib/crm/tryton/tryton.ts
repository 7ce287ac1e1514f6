import * as v from 'valibot';
import type { Fetch, Now, RecordCrm } from '../../ports.ts';
import { text, timeoutMs } from '../setting-fields.ts';
import { createTrytonRpc, type TrytonAccess, VENDOR } from './calls.ts';
import { findParties, findWhereabouts } from './find.ts';
import { replaceParty } from './merge.ts';
import { createParty, updateParty } from './write.ts';

export interface TrytonOptions extends TrytonAccess {
  /** Stands before the contact id in the identifier's code; `dustess:` if left out. */
  identifierPrefix?: string | undefined;
}

/**
 * Parties of Tryton, merged by its own wizard "Replace Party". A party's contact id is one of its identifiers, without
 * a type and with a prefix: `party.code` is the company's own number, and the party module needs nothing more.
 * Properties are fields of `party.party`, kinds of contact mechanisms (`mobile`, `email` …) and `categories` by name.
 */
export function createTrytonCrm(options: TrytonOptions): RecordCrm {
  const { identifierPrefix: prefix = 'dustess:' } = options;
  const rpc = createTrytonRpc(options);
  return {
    style: 'record',
    name: VENDOR,
    rules: { losersPerMerge: 1, mergeSetsValues: false, fillsBlanks: false },
    find: (contactIds, properties) => findParties(rpc, { contactIds, properties, prefix }),
    locate: (recordIds) => findWhereabouts(rpc, recordIds),
    async merge(merge) {
      await replaceParty(rpc, merge);
      return { survivor: merge.survivor };
    },
    update: (recordId, write) => updateParty(rpc, recordId, write, prefix),
    create: async (write) => ({ recordId: await createParty(rpc, write, prefix) }),
  };
}

/** A tenant's `crm` settings for Tryton. */
export const TrytonSettingsSchema = v.strictObject({
  kind: v.literal('tryton'),
  baseUrl: v.pipe(text, v.regex(/^https:\/\/|^http:\/\/(127\.0\.0\.1|localhost)(:|\/|$)/, 'must be an https address')),
  database: text,
  username: text,
  password: text,
  identifierPrefix: v.optional(v.string()),
  timeoutMs,
});

export const createTrytonFromSettings = (
  settings: v.InferOutput<typeof TrytonSettingsSchema>,
  parts: { fetch: Fetch; now: Now },
): RecordCrm => createTrytonCrm({ ...settings, ...parts });
