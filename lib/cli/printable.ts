/**
 * Ids, names and values come from outside: in a terminal a control character among them could move the cursor, hide
 * a line or turn the order of letters. They are shown as JSON writes them, so that JSON stays the same JSON.
 * https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html (log injection), https://trojansource.codes (bidi)
 */

/** Control characters but for line ends and tabs, Unicode's line separators, and what changes the direction of text. */
const CONTROLS = /(?!\r\n|[\n\t])[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFFF9-\uFFFB]/gu;

/** As above with line ends and tabs, and what cannot be seen or is no character: two ids that differ look different. */
const NOT_IN_AN_ID = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/** Any text for a terminal or a pipe: lines stay lines. */
export const printable = (text: string): string => text.replace(CONTROLS, escaped);

/** An id or a name in the middle of a line. */
export const printableId = (id: string): string => id.replace(NOT_IN_AN_ID, escaped);

const escaped = (characters: string): string =>
  characters
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
