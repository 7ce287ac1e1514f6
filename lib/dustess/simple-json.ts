import { isExactNumber } from './parse-json.ts';

const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const UPPER_E = 0x45;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const LOWER_E = 0x65;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const MAX_EXACT_DIGITS = 15; // Every whole number of so many digits is kept to the digit.
const LONG_STRING = 64; // Beyond so many bytes a native search is faster than a loop.

/**
 * One pass over a JSON text: whether `JSON.parse` keeps it whole. Every number is then written as JavaScript writes it,
 * and no more than `limit` lists and objects stand in each other. Most texts are simple, and need no second look.
 * @param json UTF-8 of valid JSON. A byte order mark before it is passed over.
 */
export function isSimpleJson(json: Buffer, limit: number): boolean {
  const { length } = json;
  let depth = 0;
  let at = 0;
  while (at < length) {
    const byte = json[at] as number;
    at += 1;
    if (byte === QUOTE) at = afterString(json, at);
    else if (byte === COMMA || byte === COLON) continue;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth += 1;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
    else if (byte === MINUS || isDigit(byte)) {
      const end = afterNumber(json, at);
      if (!isExact(json, at - 1, end)) return false;
      at = end;
    }
    if (depth > limit) return false;
  }
  return true;
}

/** @param from where the string begins, after its opening quote. @returns where it ends, after its closing quote. */
function afterString(json: Buffer, from: number): number {
  const until = Math.min(from + LONG_STRING, json.length);
  let at = from;
  while (at < until) {
    const byte = json[at];
    at += byte === BACKSLASH ? 2 : 1;
    if (byte === QUOTE) return at;
  }
  let quote = json.indexOf(QUOTE, at);
  while (isEscaped(json, quote)) quote = json.indexOf(QUOTE, quote + 1);
  return quote + 1;
}

function isEscaped(json: Buffer, at: number): boolean {
  let first = at;
  while (json[first - 1] === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}

function afterNumber(json: Buffer, from: number): number {
  let at = from;
  while (at < json.length && isPartOfNumber(json[at] as number)) at += 1;
  return at;
}

function isExact(json: Buffer, start: number, end: number): boolean {
  const isShortWhole = end - start <= MAX_EXACT_DIGITS && areDigits(json, start, end);
  return isShortWhole || isExactNumber(json.toString('latin1', start, end));
}

function areDigits(json: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isDigit(json[at] as number)) return false;
  return true;
}

const isDigit = (byte: number) => byte >= ZERO && byte <= NINE;
const isPartOfNumber = (byte: number) =>
  isDigit(byte) || byte === POINT || byte === MINUS || byte === PLUS || byte === LOWER_E || byte === UPPER_E;
