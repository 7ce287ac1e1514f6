import * as v from 'valibot';
import { journalProperties, text, timeoutMs } from '../setting-fields.ts';

/** A tenant's `crm` settings for Tryton. */
export const TrytonSettingsSchema = v.strictObject({
  kind: v.literal('tryton'),
  baseUrl: text,
  database: text,
  username: text,
  password: text,
  /** Stands before the contact id in the identifier's code. */
  identifierPrefix: v.optional(v.string()),
  /** What plans keep of parties as they were, besides the mapped properties. */
  journal: v.optional(v.strictObject({ properties: journalProperties })),
  timeoutMs,
});
export type TrytonSettings = v.InferOutput<typeof TrytonSettingsSchema>;
