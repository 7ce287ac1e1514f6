import * as v from 'valibot';
import type { Fetch, Now, RecordCrm } from '../../ports.ts';
import { text, timeoutMs } from '../setting-fields.ts';
import { createTrytonCrm } from './tryton.ts';

/** A tenant's `crm` settings for Tryton. */
export const TrytonSettingsSchema = v.strictObject({
  kind: v.literal('tryton'),
  baseUrl: v.pipe(text, v.regex(/^https:\/\/|^http:\/\/(127\.0\.0\.1|localhost)(:|\/|$)/, 'must be an https address')),
  database: text,
  username: text,
  password: text,
  /** Stands before the contact id in the identifier's code. */
  identifierPrefix: v.optional(v.string()),
  timeoutMs,
});
export type TrytonSettings = v.InferOutput<typeof TrytonSettingsSchema>;

export const createTrytonFromSettings = (settings: TrytonSettings, parts: { fetch: Fetch; now: Now }): RecordCrm =>
  createTrytonCrm({ ...settings, ...parts });
