import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { DICTIONARY_1 } from './dictionary-1.ts';

// Below this, a dictionary and a good level make most documents fit one write unit of 1 KB, and half of the time would go
// into setting up a window of the usual size. Above it, time matters more: 6 MB take about 60 ms on level 3.
const SMALL_CHARACTERS = 16_384;
const SMALL = { level: 6, windowBits: 13, memLevel: 4 };
const LARGE = { level: 3 };

/** Deflates a text (raw deflate, RFC 1951) with the preset dictionary of format 1. */
export function pack(text: string): Uint8Array {
  return deflateRawSync(text, { ...(text.length <= SMALL_CHARACTERS ? SMALL : LARGE), dictionary: DICTIONARY_1 });
}

/** What `pack` made, as text. @throws Error where the bytes are something else. */
export function unpack(bytes: Uint8Array): string {
  return inflateRawSync(bytes, { dictionary: DICTIONARY_1 }).toString('utf8');
}
