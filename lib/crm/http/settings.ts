import * as v from 'valibot';
import { allowInsecure, text, timeoutMs } from '../setting-fields.ts';

/** A tenant's `crm` settings for an in-house CRM. */
export const HttpSettingsSchema = v.strictObject({
  kind: v.literal('http'),
  /** Where commands are posted; a query is kept. */
  endpoint: text,
  /** See `webhookKeys` for its form. */
  secret: text,
  /** The receiver knows `contact.unmerged`: merges may be taken back. */
  unmerge: v.optional(v.boolean()),
  timeoutMs,
  allowInsecure,
});
