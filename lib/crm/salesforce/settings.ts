import * as v from 'valibot';
import { text, timeoutMs } from '../setting-fields.ts';

/** An External ID field, unique, with the 尘锋 contact id. */
export const DEFAULT_ID_FIELD = 'Dustess_Contact_Id__c';

/** What may stand in a header. */
export const headerText = v.pipe(
  text,
  v.regex(/^[\x21-\x7e]+$/, 'must not contain spaces, line breaks or other letters than ASCII'),
);

/** How a tenant signs in: a token from elsewhere, OAuth client credentials, or a JWT signed with the tenant's own key. */
export const SalesforceCredentialsSchema = v.union(
  [
    v.strictObject({ token: headerText }),
    v.strictObject({ clientId: headerText, clientSecret: headerText }),
    v.strictObject({
      clientId: headerText,
      username: text,
      /** PEM; its certificate is uploaded to the app. */
      privateKey: text,
      /** Salesforce's own name in the assertion; by default login or, for a sandbox, test. */
      audience: v.optional(text),
    }),
  ],
  'needs `token`, or `clientId` with `clientSecret`, or `clientId` with `username` and `privateKey`',
);
export type SalesforceCredentials = v.InferOutput<typeof SalesforceCredentialsSchema>;

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
  /** Fields that plans keep of contacts as they were, besides the mapped ones. */
  journal: v.optional(
    v.strictObject({
      properties: v.union([v.literal('all'), v.array(field)], 'must be "all" or a list of field names'),
    }),
  ),
  /** The same, by the name it had first. */
  journalFields: v.optional(v.array(field)),
  timeoutMs,
});
export type SalesforceSettings = v.InferOutput<typeof SalesforceSettingsSchema>;
