import * as v from 'valibot';

/** Fields that the settings of several CRMs have. */

export const text = v.pipe(v.string(), v.minLength(1));

/** Milliseconds for one call. */
export const timeoutMs = v.optional(v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(25_000)), 10_000);

/** Accepts an http:// address that is not this machine: contacts and keys travel in plain text. */
export const allowInsecure = v.optional(v.boolean(), false);

/** What plans keep of records as they were, besides the mapped properties: all that may be read, or those named. */
export const journalProperties = v.union([v.literal('all'), v.array(text)], 'must be "all" or a list of names');
export type JournalProperties = v.InferOutput<typeof journalProperties>;
