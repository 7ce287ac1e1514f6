import * as v from 'valibot';
import { allowInsecure, journalProperties, text, timeoutMs } from '../setting-fields.ts';

/** https://developers.hubspot.com/docs/developer-tooling/platform/versioning: a new version every March and September. */
export const HUBSPOT_API_VERSION = '2026-09';
export const HUBSPOT_ID_PROPERTY = 'dustess_contact_id';
export const HUBSPOT_ABSORBED_IDS_PROPERTY = 'dustess_merged_contact_ids';

const HubspotJournalSchema = v.strictObject({
  properties: v.optional(journalProperties),
  /** Kinds of objects to count, as HubSpot names them: `companies`, `deals`. With all properties: those two and `tickets`. */
  associations: v.optional(v.array(v.pipe(text, v.regex(/^[\w-]+$/, 'must be a kind of objects such as "deals"')))),
});
export type HubspotJournal = v.InferOutput<typeof HubspotJournalSchema>;

/** A tenant's `crm` settings for HubSpot. */
export const HubspotSettingsSchema = v.strictObject({
  kind: v.literal('hubspot'),
  /** A service key, or the access token of a private app. */
  token: text,
  apiVersion: v.optional(
    v.pipe(v.string(), v.regex(/^20\d\d-(03|09)$/, 'must be a version such as "2026-09"')),
    HUBSPOT_API_VERSION,
  ),
  baseUrl: v.optional(text),
  idProperty: v.optional(text),
  absorbedIdsProperty: v.optional(text),
  /** What plans keep of contacts as they were, besides the mapped properties. */
  journal: v.optional(HubspotJournalSchema),
  timeoutMs,
  allowInsecure,
});
