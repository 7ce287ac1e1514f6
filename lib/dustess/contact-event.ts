import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { isMergeContent, type Labels } from './event-kind.ts';
import { idText, isUsableId } from './ids.ts';
import { scalarText } from './merge-event.ts';

/** What 尘锋 calls events about one contact, whatever the action: https://open.dustess.com/doc-5158580 */
const CONTACT_EVENT = 'CRM_CONTACT';

/** Texts by which a contact may be recognised, as sent; undefined where the event does not speak of them: then nothing is known. */
export interface KeyTexts {
  mobiles: string[] | undefined;
  emails: string[] | undefined;
}

/** What an event says of one contact. */
export interface ContactDetails extends KeyTexts {
  contactId: string;
}

/** Named as an event about a contact, and with the content of one: an id and details. */
export function isContactEvent({ event }: Labels, body: Json): body is JsonObject {
  return event === CONTACT_EVENT && !isMergeContent(body) && isJsonObject(body) && readContactEvent(body) !== undefined;
}

/** @returns undefined where the body has no usable id or no details. */
export function readContactEvent(body: JsonObject): ContactDetails | undefined {
  const contactId = idText(body.id);
  if (contactId === undefined || !isUsableId(contactId) || !isJsonObject(body.changed)) return undefined;
  // With both, `old` is the contact before, and `changed` what is new.
  const details = { ...(isJsonObject(body.old) && body.old), ...body.changed };
  return { contactId, ...readKeyTexts(details) };
}

/** The texts of a contact's details by which it may be recognised. */
export function readKeyTexts(details: JsonObject): KeyTexts {
  return { mobiles: textsIn(details.mobiles), emails: textsIn(details.email) };
}

function textsIn(value: Json | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  const texts = (Array.isArray(value) ? value : [value]).map(scalarText);
  return texts.filter((text) => text !== '');
}
