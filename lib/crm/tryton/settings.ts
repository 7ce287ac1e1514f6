import * as v from 'valibot';
import { text, timeoutMs } from '../setting-fields.ts';

/** A tenant's `crm` settings for Tryton. */
export const TrytonSettingsSchema = v.strictObject({
  kind: v.literal('tryton'),
  baseUrl: text,
  database: text,
  username: text,
  password: text,
  /** Stands before the contact id in the identifier's code. */
  identifierPrefix: v.optional(v.string()),
  timeoutMs,
});
export type TrytonSettings = v.InferOutput<typeof TrytonSettingsSchema>;
