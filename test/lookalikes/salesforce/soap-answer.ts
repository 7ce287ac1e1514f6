import { XMLBuilder } from 'fast-xml-parser';
import { problemsOf, type Tree } from './partner-schema.ts';

const builder = new XMLBuilder({ ignoreAttributes: false, suppressBooleanAttributes: false });
const ENVELOPE = {
  '@_xmlns:soapenv': 'http://schemas.xmlsoap.org/soap/envelope/',
  '@_xmlns': 'urn:partner.soap.sforce.com',
  '@_xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
  '@_xmlns:sf': 'urn:fault.partner.soap.sforce.com',
};

export function mergedAnswer(master: string, losers: string[]): string {
  return resultAnswer([
    { name: 'id', content: master },
    ...losers.map((id) => ({ name: 'mergedRecordIds', content: id })),
    { name: 'success', content: 'true' },
  ]);
}

/** `success` false in a 200: the normal way to fail. */
export function refusedAnswer(code: string, fields: string[], message?: string): string {
  const error = [
    ...fields.map((field) => ({ name: 'fields', content: field })),
    { name: 'message', content: message ?? `the message of ${code}, with "values" & <names>` },
    { name: 'statusCode', content: code },
  ];
  return resultAnswer([
    { name: 'errors', content: error },
    { name: 'id', content: null },
    { name: 'success', content: 'false' },
  ]);
}

function resultAnswer(result: Tree): string {
  const problems = problemsOf('MergeResult', result);
  if (problems.length > 0) throw new Error(`the look-alike would answer against the WSDL: ${problems.join('; ')}`);
  return envelope({ mergeResponse: { result: objectOf(result) } });
}

export const undeletedAnswer = (id: string): string =>
  envelope({ undeleteResponse: { result: { id, success: 'true' } } });

export const notUndeletedAnswer = (code: string): string =>
  envelope({
    undeleteResponse: {
      result: { errors: { message: `the message of ${code}`, statusCode: code }, id: '', success: 'false' },
    },
  });

export const timestampAnswer = (now: number): string =>
  envelope({ getServerTimestampResponse: { result: { timestamp: new Date(now).toISOString() } } });

/** With HTTP 500, also for a session that has ended. */
export function faultAnswer(code: string, message = 'the message, with "values" & <names>'): string {
  const type = code === 'INVALID_FIELD' ? 'InvalidFieldFault' : 'UnexpectedErrorFault';
  return envelope({
    'soapenv:Fault': {
      faultcode: `sf:${code}`,
      faultstring: `${code}: ${message}`,
      detail: { [`sf:${type}`]: { 'sf:exceptionCode': code, 'sf:exceptionMessage': message } },
    },
  });
}

const envelope = (body: object): string =>
  `<?xml version="1.0" encoding="UTF-8"?>${builder.build({ 'soapenv:Envelope': { ...ENVELOPE, 'soapenv:Body': body } })}`;

function objectOf(tree: Tree): unknown {
  if (tree === null) return { '@_xsi:nil': 'true' };
  if (typeof tree === 'string') return tree;
  const object: { [name: string]: unknown[] } = {};
  for (const { name, content } of tree) object[name] = [...(object[name] ?? []), objectOf(content)];
  return object;
}
