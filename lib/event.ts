/** The words of this project, as types: an event and its fields. */

import type { Json } from './json.ts';

/** Where a body keeps its custom fields, and what their keys begin with. */
export const CUSTOM_FIELDS = 'customFields';
export const CUSTOM_PREFIX = `${CUSTOM_FIELDS}.`;

/** One field of a contact: a top-level one (`remark`) or a custom one (`customFields.field10`). */
export interface Field {
  key: string;
  /** Decoded: a custom field's JSON text is already parsed here. */
  value: Json;
  /** True when the sender emptied the field: an empty text, an empty list, the all-zero UUID, `[0,0]` as coordinate. */
  cleared: boolean;
  /** A custom field's declared type: text, radio, checkbox, date, datetime, number … */
  type?: string;
  /** As the sender wrote it; for a custom field the whole `{id,type,value}`. */
  wire: Json;
}

/** A merge as 尘锋 told it: the losers are gone, the survivor stays. */
export interface MergeEvent {
  eventId: string;
  survivorId: string;
  /** Without repeats, in the sender's order; may contain the survivor (a self-merge, which gets parked). */
  loserIds: string[];
  /** What the merge changed on the survivor. */
  changed: Field[];
  /** The survivor before the merge. */
  old: Field[];
  /** The losers' details as sent; without ids, so never matched to `loserIds`. */
  mergedContacts: Json[];
  /** Milliseconds since 1970, whatever unit the sender used. */
  triggeredAt: number;
  /** The sender's own tenant id. */
  account: string;
  operatorId: string;
  origin: string;
}

/** All the queue ever carries. */
export interface EventPointer {
  tenant: string;
  eventId: string;
}
