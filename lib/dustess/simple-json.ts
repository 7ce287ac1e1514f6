import { isExactNumber } from './parse-json.ts';

// A bundle makes variables of a module's constants, and they are read anew for every byte: a third of the time here. So
// the loops below have their numbers written out.

const MAX_EXACT_DIGITS = 15; // Every whole number of so many digits is kept to the digit.

/** What a byte outside of strings is: 1 a quote, 2 opens, 3 closes, 4 begins a number; 0 is passed over. */
const KINDS = tableOf(['"', '[{', ']}', '-0123456789']);
const IN_NUMBERS = tableOf(['0123456789.-+eE']);

/** For each byte the place of the text that has it, from 1. One look instead of a row of comparisons. */
function tableOf(kinds: string[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const [index, letters] of kinds.entries()) for (const letter of letters) table[letter.charCodeAt(0)] = index + 1;
  return table;
}

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
    const kind = KINDS[json[at++] as number];
    if (kind === 0) continue;
    if (kind === 1) {
      const longFrom = at + 64; // Beyond so many bytes a native search is faster.
      for (;;) {
        const byte = json[at++];
        if (byte === 0x22 || byte === undefined) break;
        if (byte === 0x5c) at++;
        if (at < longFrom) continue;
        at = afterLongString(json, at);
        break;
      }
    } else if (kind === 2) {
      depth += 1;
      if (depth > limit) return false;
    } else if (kind === 3) depth -= 1;
    else {
      const end = afterNumber(json, at);
      if (!isExact(json, at - 1, end)) return false;
      at = end;
    }
  }
  return true;
}

/** @param from a place in the string. */
function afterLongString(json: Buffer, from: number): number {
  let quote = json.indexOf('"', from);
  while (isEscaped(json, quote)) quote = json.indexOf('"', quote + 1);
  return quote + 1;
}

function isEscaped(json: Buffer, at: number): boolean {
  let first = at;
  while (json[first - 1] === 0x5c) first -= 1;
  return (at - first) % 2 === 1;
}

function afterNumber(json: Buffer, from: number): number {
  let at = from;
  while (at < json.length && IN_NUMBERS[json[at] as number] === 1) at += 1;
  return at;
}

function isExact(json: Buffer, start: number, end: number): boolean {
  const isShortWhole = end - start <= MAX_EXACT_DIGITS && areDigits(json, start, end);
  return isShortWhole || isExactNumber(json.toString('latin1', start, end));
}

function areDigits(json: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = json[at] as number;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return true;
}
