/** How orgs differ, and what Salesforce does against expectation. All off by default. */
export interface SalesforceQuirks {
  /** The id field is an External ID but not unique: several contacts may share a value. */
  idFieldNotUnique?: boolean;
  /** A merge whose master record has a value for an External ID field is refused, as the guide's sentence can be read. */
  refusesExternalIdsInMerge?: boolean;
  /** A duplicate rule on contacts: `alert` lets a save pass that says allowSave, `block` none. */
  duplicateRule?: 'alert' | 'block';
  /** Contacts of different accounts are not merged. */
  refusesOtherAccounts?: boolean;
  /** The app issues JWT-format access tokens: REST takes them, SOAP does not. */
  jwtTokens?: boolean;
  /** The token endpoint gives out the same token as long as the session lives, even when it was revoked. */
  sameTokenAgain?: boolean;
  /** Rows in a page of a query; the rest comes by nextRecordsUrl. */
  pageSize?: number;
  /** Rows in a set of a bulk query's results. */
  bulkSetSize?: number;
  /** The user may read contacts and no more. */
  readOnlyUser?: boolean;
}
