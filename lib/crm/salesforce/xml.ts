import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An element read: its text, or its children by local name. */
export type XmlNode = string | { [name: string]: XmlNode | XmlNode[] };

// Characters that XML 1.0 cannot carry in any form (§2.2 Char): control characters, lone surrogates, U+FFFE and U+FFFF.
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const ESCAPES: { [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;', // A bare one would be read as a newline (§2.11).
};

/** Text as it may stand in an element or attribute; what XML cannot carry is left out. */
export function escapeXml(text: string): string {
  return text.replace(NOT_XML, '').replace(/[&<>"'\r]/g, (character) => ESCAPES[character] ?? '');
}

/** @param namespace declared on the element itself, so that no prefix is needed. */
export function textElement(name: string, text: string, namespace?: string): string {
  const declaration = namespace === undefined ? '' : ` xmlns="${escapeXml(namespace)}"`;
  return `<${name}${declaration}>${escapeXml(text)}</${name}>`;
}

// Values stay texts ("007", "1e5", "true"), prefixes go, attributes are not needed.
const parser = new XMLParser({ removeNSPrefix: true, ignoreAttributes: true, parseTagValue: false });

/** `undefined` for anything that is not well-formed, cut short, or declares entities (SOAP 1.1 §3 forbids a DTD). */
export function parseXml(text: string): XmlNode | undefined {
  if (text.includes('<!DOCTYPE')) return undefined;
  try {
    return XMLValidator.validate(text) === true ? (parser.parse(text) as XmlNode) : undefined;
  } catch {
    return undefined;
  }
}

/** All elements at a path of local names: none, one or several. */
export function nodesAt(node: XmlNode | undefined, ...path: string[]): XmlNode[] {
  const start = node === undefined ? [] : [node];
  return path.reduce<XmlNode[]>((nodes, name) => nodes.flatMap((one) => childrenOf(one, name)), start);
}

export function textAt(node: XmlNode | undefined, ...path: string[]): string | undefined {
  const [first] = nodesAt(node, ...path);
  return typeof first === 'string' ? first : undefined;
}

function childrenOf(node: XmlNode, name: string): XmlNode[] {
  if (typeof node === 'string' || !Object.hasOwn(node, name)) return [];
  return [node[name] ?? []].flat();
}
