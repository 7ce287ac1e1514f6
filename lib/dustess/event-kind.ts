import { isJsonObject, type Json, type JsonObject } from '../json.ts';

/** The names of the one event that is ours; both are fixed: https://open.dustess.com/doc-5158583 */
export const MERGE_EVENT = { event: 'CRM_MERGE', action: 'CRM_CONTACT_MERGED' } as const;

export interface Labels {
  event: string;
  action: string;
}

/** What an envelope calls its content. Only a hint where it is not signed. */
export function namedKind({ event, action }: Labels): 'merge' | 'other' | 'none' {
  if (event === '' && action === '') return 'none';
  const fits = (event === '' || event === MERGE_EVENT.event) && (action === '' || action === MERGE_EVENT.action);
  return fits ? 'merge' : 'other';
}

/** What the content is by itself: only a merge names contacts that became one. */
export function isMergeContent(body: Json): body is JsonObject {
  return isJsonObject(body) && (Object.hasOwn(body, 'mainID') || Object.hasOwn(body, 'mergedIDs'));
}
