import * as v from 'valibot';
import { allowInsecure, journalProperties, text, timeoutMs } from '../setting-fields.ts';

const column = v.pipe(v.string(), v.regex(/^[a-z_][a-z0-9_]*$/, 'must be the logical name of a column: lower case'));

/** A tenant's `crm` settings for Microsoft Dynamics 365. */
export const DynamicsSettingsSchema = v.strictObject({
  kind: v.literal('dynamics'),
  /** `https://acme.crm5.dynamics.com`, in China `https://acme.crm.dynamics.cn`. */
  environmentUrl: text,
  tenantId: v.pipe(text, v.regex(/^[\w.-]+$/, 'must be the directory’s id or one of its domains')),
  clientId: text,
  clientSecret: text,
  loginUrl: v.optional(text),
  /** A text column of the table Contact, with an alternate key of its own. */
  idColumn: v.optional(column, 'new_dustesscontactid'),
  absorbedIdsColumn: v.optional(column),
  journal: v.optional(v.strictObject({ properties: journalProperties })),
  timeoutMs,
  allowInsecure,
});
export type DynamicsSettings = v.InferOutput<typeof DynamicsSettingsSchema>;
