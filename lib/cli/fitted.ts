import { wrap } from '../local/story/wrap.ts';

/**
 * Lines of at most so many columns, broken between words; what goes on stands two columns further in than its beginning.
 * @param columns of the terminal; undefined where no terminal reads along: lines stay whole.
 */
export function fitted(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  return text
    .split('\n')
    .flatMap((line) => wrap(line, { width: columns, indent: `${/^ */.exec(line)?.[0]}  ` }))
    .join('\n');
}
