import * as v from 'valibot';
import { allowInsecure, text, timeoutMs } from '../setting-fields.ts';

const field = v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/, 'must be a field’s API key: 40 characters of 0-9 and a-f'));
const ASCII = 'must not contain spaces, line breaks or other letters than ASCII';

/** A tenant's `crm` settings for Pipedrive. */
export const PipedriveSettingsSchema = v.strictObject({
  kind: v.literal('pipedrive'),
  /** `https://acme.pipedrive.com` */
  baseUrl: text,
  apiToken: v.pipe(text, v.regex(/^[\x21-\x7e]+$/, ASCII)),
  /** A text field of persons: the 尘锋 contact id. */
  idField: field,
  /** A large text field of persons: numbers of the persons that were merged into this one. */
  mergedField: field,
  timeoutMs,
  allowInsecure,
});
export type PipedriveSettings = v.InferOutput<typeof PipedriveSettingsSchema>;
