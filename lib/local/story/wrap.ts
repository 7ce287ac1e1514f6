const WIDE = '[\\u2E80-\\uA4CF\\uAC00-\\uD7A3\\uF900-\\uFAFF\\uFE30-\\uFE4F\\uFF00-\\uFF60\\uFFE0-\\uFFE6]';
const WIDE_ALL = new RegExp(WIDE, 'g');
// No line begins with one of these.
const CLOSING = '[，。；：、）》」”！？,.;:)]*';
// None ends with one of these.
const OPENING = '[（《〈【“「『‘]';
// A Chinese character alone, or what stands between two places where a line may end; each with the space before it.
const PIECES = new RegExp(
  `\\s*(?:${OPENING}*(?:${WIDE}${CLOSING}|(?:(?!${WIDE}|${OPENING})\\S)+${CLOSING})|${OPENING}+)`,
  'g',
);

/** Columns of a terminal: a Chinese character takes two. */
export function columnsOf(text: string): number {
  return text.length + (text.match(WIDE_ALL)?.length ?? 0);
}

export interface WrapOptions {
  /** Columns of the terminal. */
  width: number;
  /** What every line after the first begins with. */
  indent: string;
}

/**
 * Lines of at most `width` columns. A word that is longer than a line stays whole: it may be there to be copied.
 * White space at the beginning of the text stays.
 */
export function wrap(text: string, { width, indent }: WrapOptions): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of text.match(PIECES) ?? []) {
    if (line.trim() !== '' && columnsOf(line + piece) > width) {
      lines.push(line);
      line = indent + piece.trimStart();
    } else line += piece;
  }
  return [...lines, line];
}
