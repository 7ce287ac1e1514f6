import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { FieldValue } from './org.ts';
import { problemsOf, type Tree } from './partner-schema.ts';

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
const PARTNER = 'urn:partner.soap.sforce.com';
const SOBJECT = 'urn:sobject.partner.soap.sforce.com';

interface Element {
  name: string;
  namespace: string | undefined;
  children: Element[];
  text: string;
}

export interface SoapMerge {
  sessionId: string;
  allowSave: boolean;
  type: string;
  master: string;
  losers: string[];
  values: { [field: string]: FieldValue };
}

// Order matters to the WSDL, and so do namespaces: read both, unlike the code under test.
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true, // Without it this parser leaves &#13; as it stands.
});

/** @throws SyntaxError for anything that the Partner WSDL does not allow. */
export function readTimestampRequest(xml: string): { sessionId: string } {
  const { header, body } = readEnvelope(xml);
  only(body.children, 'getServerTimestamp', PARTNER);
  return readHeader(header);
}

/** @throws SyntaxError for anything that the Partner WSDL does not allow. */
export function readUndeleteRequest(xml: string): { sessionId: string; id: string } {
  const { header, body } = readEnvelope(xml);
  const undelete = only(body.children, 'undelete', PARTNER);
  return { ...readHeader(header), id: only(undelete.children, 'ids', PARTNER).text };
}

function readEnvelope(xml: string): { header: Element; body: Element } {
  const valid = XMLValidator.validate(xml);
  if (valid !== true) throw new SyntaxError(valid.err.msg);
  const envelope = only(elementsOf(parser.parse(xml), new Map()), 'Envelope', ENVELOPE);
  return { header: only(envelope.children, 'Header', ENVELOPE), body: only(envelope.children, 'Body', ENVELOPE) };
}

/** @throws SyntaxError for anything that the Partner WSDL does not allow. */
export function readMergeRequest(xml: string): SoapMerge {
  const { header, body } = readEnvelope(xml);
  const merge = only(body.children, 'merge', PARTNER);
  const request = only(merge.children, 'request', PARTNER);
  const problems = problemsOf('MergeRequest', treeOf(request));
  if (problems.length > 0) throw new SyntaxError(problems.join('; '));
  return { ...readHeader(header), ...readRequest(request) };
}

function readHeader(header: Element) {
  const session = only(header.children, 'SessionHeader', PARTNER);
  const rules = header.children.find(({ name }) => name === 'DuplicateRuleHeader');
  const names = rules?.children.map(({ name }) => name).join();
  if (rules && (rules.namespace !== PARTNER || names !== 'allowSave,includeRecordDetails,runAsCurrentUser'))
    throw new SyntaxError('DuplicateRuleHeader is not as the WSDL has it');
  return {
    sessionId: only(session.children, 'sessionId', PARTNER).text,
    allowSave: rules?.children[0]?.text === 'true',
  };
}

function readRequest(request: Element) {
  const master = only(request.children, 'masterRecord', PARTNER);
  const foreign = master.children.find(({ namespace }) => namespace !== SOBJECT);
  if (foreign) throw new SyntaxError(`${foreign.name} is not in the namespace of sObjects`);
  const named = (name: string) => master.children.filter((element) => element.name === name);
  const fields = master.children.filter(({ name }) => !['type', 'fieldsToNull', 'Id'].includes(name));
  if (new Set(fields.map(({ name }) => name)).size !== fields.length) throw new SyntaxError('a field comes twice');
  const set = fields.filter(({ text }) => text !== ''); // An empty element does not clear.
  return {
    type: named('type')[0]?.text ?? '',
    master: named('Id')[0]?.text ?? '',
    losers: request.children.filter(({ name }) => name === 'recordToMergeIds').map(({ text }) => text),
    values: Object.fromEntries<FieldValue>([
      ...named('fieldsToNull').map(({ text }) => [text, null] as const),
      ...set.map(({ name, text }) => [name, text] as const),
    ]),
  };
}

type Ordered = { [name: string]: unknown };

function elementsOf(nodes: Ordered[], outer: Map<string, string>): Element[] {
  return nodes.flatMap((node) => {
    const tag = Object.keys(node).find((name) => name !== ':@' && name !== '#text' && !name.startsWith('?'));
    if (tag === undefined) return [];
    const scope = new Map(outer);
    for (const [name, uri] of Object.entries((node[':@'] ?? {}) as Record<string, string>)) {
      if (name === '@_xmlns') scope.set('', uri);
      if (name.startsWith('@_xmlns:')) scope.set(name.slice('@_xmlns:'.length), uri);
    }
    const [prefix, local] = tag.includes(':') ? (tag.split(':') as [string, string]) : ['', tag];
    const content = node[tag] as Ordered[];
    const text = content.map((child) => ('#text' in child ? String(child['#text']) : '')).join('');
    return [{ name: local, namespace: scope.get(prefix), children: elementsOf(content, scope), text }];
  });
}

function only(elements: Element[], name: string, namespace: string): Element {
  const found = elements.filter((element) => element.name === name && element.namespace === namespace);
  if (found.length !== 1 || !found[0]) throw new SyntaxError(`expected one ${name}, found ${found.length}`);
  return found[0];
}

const treeOf = (element: Element): Tree =>
  element.children.length > 0
    ? element.children.map((child) => ({ name: child.name, content: treeOf(child) }))
    : element.text;
