/**
 * What an adapter for a CRM of one's own is made of: `dustess-merge-sync/adapter`. docs/adapter.md says how.
 */
export * as v from 'valibot';
export {
  type AdapterParts,
  type AdapterSettings,
  adapter,
  type CrmAdapter,
  type Examination,
  type OpenedCrm,
} from '../crm/adapter.ts';
export { checkBaseUrl } from '../crm/base-url.ts';
export { type CrmCall, type CrmResponse, createCrmClient, retryAfter } from '../crm/client.ts';
export type { Finding } from '../crm/finding.ts';
export { isNoRoute, isPage } from '../crm/foreign-answer.ts';
export { type DescribedProperty, examineMapped, type PropertyKind } from '../crm/mapped-properties.ts';
export type { RateBudget } from '../crm/rate-budget.ts';
export { createRenewingToken } from '../crm/renewing-token.ts';
export { allowInsecure, journalProperties, text, timeoutMs } from '../crm/setting-fields.ts';
export { ConfigError, CrmError, type CrmFailure } from '../errors.ts';
export { isBlank, isJsonObject, type Json, type JsonObject } from '../json.ts';
export type { ReservedProperties } from '../mapping/reserved-properties.ts';
export {
  type CommandAnswer,
  type CommandCrm,
  type Crm,
  type CrmRecord,
  type Fetch,
  type Found,
  fillsBlank,
  type IdWrite,
  type KeySearch,
  type LinkableCrm,
  type LinkRecord,
  MAX_FOUND,
  type MergeCommand,
  type MergedAway,
  type Now,
  type PropertyValue,
  type PropertyValues,
  type RecordCrm,
  type RecordCrmRules,
  type RecordLocation,
  type RecordUndo,
  type RecordWrite,
  type UnmergeCommand,
} from '../ports.ts';
export type { Sentence } from '../sentence.ts';
