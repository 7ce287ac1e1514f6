import type { Json } from '../json.ts';

const BYTE_ORDER_MARK = 0xfeff; // Part of a text, not of JSON.

/** @returns undefined where the text is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text) as Json;
  } catch {
    return undefined;
  }
}

/**
 * The same, without a digit changed: a number that JavaScript would write in another way (`1.10`, `1E5`,
 * `12345678901234567890`) becomes the text of its digits. @returns undefined where the text is not JSON.
 */
export function parseExactJson(text: string): Json | undefined {
  const value = parseJson(text);
  const quoted = value === undefined ? text : quoteInexactNumbers(text);
  return quoted === text ? value : parseJson(quoted);
}

/** Whether JavaScript writes this number as it stands here. */
export const isExactNumber = (literal: string) => String(Number(literal)) === literal;

const NUMBER = /-?\d[\d.eE+-]*/y;

/** @param json valid JSON: numbers are the only tokens outside of strings that begin with a digit or a minus. */
function quoteInexactNumbers(json: string): string {
  const pieces: string[] = [];
  let copied = 0;
  for (let at = 0; at < json.length; at++) {
    const letter = json.charCodeAt(at);
    if (letter === QUOTE) at = endOfString(json, at);
    if (letter !== MINUS && (letter < ZERO || letter > NINE)) continue;
    const literal = numberAt(json, at);
    if (!isExactNumber(literal)) {
      pieces.push(json.slice(copied, at), `"${literal}"`);
      copied = at + literal.length;
    }
    at += literal.length - 1;
  }
  return copied === 0 ? json : pieces.join('') + json.slice(copied);
}

const QUOTE = 0x22;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const BACKSLASH = 0x5c;

function numberAt(json: string, at: number): string {
  NUMBER.lastIndex = at;
  return NUMBER.exec(json)?.[0] ?? '';
}

/** @returns where the string that begins at `start` has its closing quote. */
function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end;
}

function isEscaped(json: string, at: number): boolean {
  let backslashes = 0;
  while (json.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}
