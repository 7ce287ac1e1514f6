import * as v from 'valibot';
import type { Fetch, LinkableCrm, Now, RecordCrm } from '../../ports.ts';
import { text, timeoutMs } from '../setting-fields.ts';
import { createSalesforceLinking } from './linking.ts';
import { createSalesforceSession, SalesforceCredentialsSchema } from './oauth.ts';
import { createSalesforceCrm } from './salesforce.ts';

const field = v.pipe(v.string(), v.regex(/^[A-Za-z]\w{0,254}$/, 'must be the API name of a field of Contact'));

/** A tenant's `crm` settings for Salesforce. */
export const SalesforceSettingsSchema = v.strictObject({
  kind: v.literal('salesforce'),
  /** The org's My Domain address: `https://acme.my.salesforce.com`. */
  instanceUrl: text,
  credentials: SalesforceCredentialsSchema,
  apiVersion: v.optional(v.pipe(v.string(), v.regex(/^\d\d\.0$/, 'must be a version such as "62.0"'))),
  /** An External ID field, unique, with the 尘锋 contact id. */
  idField: v.optional(field),
  /** A long text field that collects the losers' contact ids. */
  absorbedIdsField: v.optional(field),
  /** Fields that the journal keeps besides the mapped ones. */
  journalFields: v.optional(v.array(field)),
  timeoutMs,
});
export type SalesforceSettings = v.InferOutput<typeof SalesforceSettingsSchema>;

/** @throws ConfigError for an address, key or token that cannot work. */
export function createSalesforceFromSettings(
  settings: SalesforceSettings,
  parts: { fetch: Fetch; now: Now },
): RecordCrm {
  const session = createSalesforceSession({ ...settings, ...parts });
  return createSalesforceCrm({ ...settings, ...parts, session });
}

/** @throws ConfigError for an address, key or token that cannot work. */
export function createSalesforceLinkingFromSettings(
  settings: SalesforceSettings,
  parts: { fetch: Fetch; now: Now },
): LinkableCrm {
  const session = createSalesforceSession({ ...settings, ...parts });
  return createSalesforceLinking({ ...settings, ...parts, session });
}
