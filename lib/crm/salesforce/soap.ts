import type { Refusal } from './failures.ts';
import type { FieldValues } from './values.ts';
import { escapeXml, nodesAt, parseXml, textAt, textElement, type XmlNode } from './xml.ts';

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const PARTNER = 'urn:partner.soap.sforce.com';
const SOBJECT = 'urn:sobject.partner.soap.sforce.com';

export interface MergeRequest {
  token: string;
  survivor: string;
  losers: string[];
  /** The survivor's final values: a merge brings none over from the losers. */
  fields: FieldValues;
}

/**
 * The Partner API's `merge` with one request. The order inside an sObject is the WSDL's: type, fieldsToNull, Id, fields;
 * an empty element would not clear, `fieldsToNull` does. No AllowFieldTruncationHeader: a text too long fails.
 * Duplicate rules that only warn are overruled, as a merge makes fewer duplicates, not more.
 */
export function mergeEnvelope({ token, survivor, losers, fields }: MergeRequest): string {
  const request = [
    `<masterRecord>${masterRecord(survivor, fields)}</masterRecord>`,
    ...losers.map((loser) => textElement('recordToMergeIds', loser)),
  ];
  return envelope(token, DUPLICATE_RULES, `<merge xmlns="${PARTNER}"><request>${request.join('')}</request></merge>`);
}

const DUPLICATE_RULES =
  `<DuplicateRuleHeader xmlns="${PARTNER}"><allowSave>true</allowSave>` +
  '<includeRecordDetails>false</includeRecordDetails><runAsCurrentUser>false</runAsCurrentUser></DuplicateRuleHeader>';

/** Changes nothing and needs no permission but the API itself. */
export const serverTimestampEnvelope = (token: string): string =>
  envelope(token, '', `<getServerTimestamp xmlns="${PARTNER}"/>`);

/** Whether a body is the answer to `serverTimestampEnvelope`. */
export const tellsTimestamp = (body: XmlNode | undefined): boolean =>
  Boolean(textAt(body, 'getServerTimestampResponse', 'result', 'timestamp'));

function envelope(token: string, headers: string, body: string): string {
  return [
    `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="${SOAP}"><soapenv:Header>`,
    `<SessionHeader xmlns="${PARTNER}">${textElement('sessionId', token)}</SessionHeader>${headers}`,
    `</soapenv:Header><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`,
  ].join('');
}

function masterRecord(survivor: string, fields: MergeRequest['fields']): string {
  const entries = Object.entries(fields);
  const inSobject = (name: string, text: string) => textElement(name, text, SOBJECT);
  return [
    inSobject('type', 'Contact'),
    ...entries.filter(([, value]) => value === null).map(([field]) => inSobject('fieldsToNull', field)),
    inSobject('Id', survivor),
    ...entries.filter(([, value]) => value !== null).map(([field, value]) => inSobject(escapeXml(field), `${value}`)),
  ].join('');
}

/** `undefined` for anything but one well-formed envelope. */
export const soapBody = (text: string): XmlNode | undefined => nodesAt(parseXml(text), 'Envelope', 'Body')[0];

export type MergeAnswer =
  | { answer: 'merged'; survivor: string; losers: string[] }
  /** `success` false in a 200: this and nothing else was refused. */
  | { answer: 'refused'; refusals: Refusal[] }
  /** Not an answer to a merge: it says nothing about what happened. */
  | { answer: 'unreadable' };

export function readMergeAnswer(body: XmlNode | undefined): MergeAnswer {
  const results = nodesAt(body, 'mergeResponse', 'result');
  const [result] = results;
  if (results.length !== 1 || result === undefined) return { answer: 'unreadable' };
  return readResult(result);
}

/** https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_undelete.htm */
export const undeleteEnvelope = (token: string, recordId: string): string =>
  envelope(token, '', `<undelete xmlns="${PARTNER}">${textElement('ids', recordId)}</undelete>`);

export type UndeleteAnswer =
  | { answer: 'undeleted'; recordId: string }
  /** `success` false in a 200. */
  | { answer: 'refused'; refusals: Refusal[] }
  | { answer: 'unreadable' };

export function readUndeleteAnswer(body: XmlNode | undefined): UndeleteAnswer {
  const [result, ...more] = nodesAt(body, 'undeleteResponse', 'result');
  if (result === undefined || more.length > 0) return { answer: 'unreadable' };
  const recordId = textAt(result, 'id');
  if (textAt(result, 'success') === 'true' && recordId) return { answer: 'undeleted', recordId };
  return refusedIn(result);
}

/** A SOAP fault's code: in its detail, or after the prefix of `faultcode`. */
export function readFault(body: XmlNode | undefined): Refusal | undefined {
  const [fault] = nodesAt(body, 'Fault');
  if (fault === undefined) return undefined;
  const [detail] = nodesAt(fault, 'detail');
  const exceptions = typeof detail === 'object' ? Object.values(detail).flat() : [];
  const codes = exceptions.map((exception) => textAt(exception, 'exceptionCode'));
  const code = codes.find(Boolean) ?? textAt(fault, 'faultcode')?.split(':').at(-1) ?? 'Server';
  const messages = exceptions.map((exception) => textAt(exception, 'exceptionMessage'));
  return { code, message: [textAt(fault, 'faultstring'), ...messages].join(' ') };
}

function readResult(result: XmlNode): MergeAnswer {
  const success = textAt(result, 'success');
  const survivor = textAt(result, 'id');
  if (success === 'true' && survivor) {
    const losers = nodesAt(result, 'mergedRecordIds').filter((id) => typeof id === 'string');
    return { answer: 'merged', survivor, losers };
  }
  return refusedIn(result);
}

function refusedIn(result: XmlNode): { answer: 'refused'; refusals: Refusal[] } | { answer: 'unreadable' } {
  const refusals = nodesAt(result, 'errors').flatMap((error): Refusal[] => {
    const code = textAt(error, 'statusCode');
    return code ? [{ code, message: textAt(error, 'message') }] : [];
  });
  const isRefused = textAt(result, 'success') === 'false' && refusals.length > 0;
  return isRefused ? { answer: 'refused', refusals } : { answer: 'unreadable' };
}
