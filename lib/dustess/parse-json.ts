import type { Json } from '../json.ts';

const BYTE_ORDER_MARK = /^\uFEFF/; // Part of a text, not of JSON.

/** @returns undefined where the text is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text.replace(BYTE_ORDER_MARK, '')) as Json;
  } catch {
    return undefined;
  }
}
