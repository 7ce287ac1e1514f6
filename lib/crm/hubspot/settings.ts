import * as v from 'valibot';
import { allowInsecure, text, timeoutMs } from '../setting-fields.ts';

/** https://developers.hubspot.com/docs/developer-tooling/platform/versioning: a new version every March and September. */
export const HUBSPOT_API_VERSION = '2026-09';
export const HUBSPOT_ID_PROPERTY = 'dustess_contact_id';
export const HUBSPOT_ABSORBED_IDS_PROPERTY = 'dustess_merged_contact_ids';

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
  timeoutMs,
  allowInsecure,
});
