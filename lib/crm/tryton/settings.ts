import * as v from 'valibot';
import type { Fetch, Now, RecordCrm } from '../../ports.ts';
import { text, timeoutMs } from '../setting-fields.ts';
import { createTrytonCrm } from './tryton.ts';

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

/** @throws ConfigError for an address that cannot be called. */
export const createTrytonFromSettings = (settings: TrytonSettings, parts: { fetch: Fetch; now: Now }): RecordCrm =>
  createTrytonCrm({ ...settings, ...parts });
