import { MAPPING_PROBLEMS } from '../console/texts/mapping-problems.ts';
import TABLE from './chinese.json';

/** A text of the table with places for values: `{}`. */
interface Pattern {
  test: RegExp;
  /** Letters that stand for themselves: of two that fit, the one with more says more. */
  weight: number;
  chinese: string;
}

const EXACT = new Map(Object.entries({ ...TABLE, ...MAPPING_PROBLEMS }));
const PLACE = /\{(\d*)\}/g;

let compiled: Pattern[] | undefined;

/** Made when first needed: an English terminal does without. */
function patterns(): Pattern[] {
  compiled ??= Object.entries(TABLE)
    .filter(([english]) => english.includes('{}'))
    .map(([english, chinese]) => ({ test: patternOf(english), weight: english.replaceAll('{}', '').length, chinese }))
    .sort((a, b) => b.weight - a.weight);
  return compiled;
}

const patternOf = (english: string) => new RegExp(`^${english.split('{}').map(escaped).join('(.*?)')}$`);
const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** What a check is called, or a sentence of ours, in Chinese; as it is where the table does not have it. */
export const chineseName = (english: string): string => EXACT.get(english) ?? chineseOf(english);

/**
 * English lines of this command in Chinese, as lib/cli/chinese.json says them. A line that is not there stays as it is, and
 * so does every single word: it may be an id.
 */
export const inChinese = (text: string): string => text.split('\n').map(chineseLine).join('\n');

function chineseLine(line: string): string {
  const [indent = ''] = /^\s*/.exec(line) ?? [];
  return indent + chineseOf(line.slice(indent.length));
}

function chineseOf(text: string): string {
  if (!/[\s:]/.test(text)) return text;
  return direct(text) ?? inParts(text) ?? text;
}

function direct(text: string): string | undefined {
  const exact = EXACT.get(text);
  if (exact !== undefined) return exact;
  for (const { test, chinese } of patterns()) {
    const values = test.exec(text)?.slice(1).map(chineseOf);
    if (values) return filled(chinese, values);
  }
  return undefined;
}

/** `{}` is the next value, `{2}` the second. */
function filled(chinese: string, values: string[]): string {
  let next = 0;
  return chinese.replace(PLACE, (_, number: string) => values[number === '' ? next++ : Number(number) - 1] ?? '');
}

const SEPARATORS: [english: string, chinese: string][] = [
  ['; ', '；'],
  [': ', '：'],
];

/** Two texts that were put one after the other: a problem, and what to do about it. */
function inParts(text: string): string | undefined {
  for (const [separator, chinese] of SEPARATORS) {
    for (let at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, at + 1)) {
      const [before, after] = [text.slice(0, at), text.slice(at + separator.length)];
      const [first, second] = [direct(before), direct(after)];
      if (first !== undefined || second !== undefined)
        return `${first ?? chineseOf(before)}${chinese}${second ?? chineseOf(after)}`;
    }
  }
  return undefined;
}
