import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** With `--help` a benchmark prints the comment it begins with, and ends. @param {string} url of the program */
export function helpIfAsked(url) {
  if (!process.argv.includes('--help')) return;
  const [, comment = ''] = /\/\*\*\n?([\s\S]*?)\*\//.exec(readFileSync(fileURLToPath(url), 'utf8')) ?? [];
  console.log(comment.replace(/^ *\* ?/gm, '').trim());
  process.exit(0);
}
