import { columnsOf, wrap } from './wrap.ts';

/** A sentence behind a number, `1  …`, or a name, `callback URL: …`: what follows its first line stands further in. */
export const sentence = (text: string, width: number): string[] => wrap(`  ${text}`, { width, indent: '     ' });

/** What a command is for, and the command, so that both can be pasted. @param parts are not broken. */
export function commandLines(why: string, parts: string[], width: number): string[] {
  return ['', ...wrap(`  # ${why}`, { width, indent: '  # ' }), ...shellLines(parts, width)];
}

/** A command over as many lines as it needs, joined as a shell joins them. */
function shellLines(parts: string[], width: number): string[] {
  const lines: string[] = [];
  let line = '  ';
  for (const part of parts) {
    const longer = line.trim() === '' ? `${line}${part}` : `${line} ${part}`;
    if (line.trim() !== '' && columnsOf(longer) + 2 > width) {
      lines.push(`${line} \\`);
      line = `    ${part}`;
    } else line = longer;
  }
  return [...lines, line];
}

/** A variable to paste; where the terminal is narrow, its value stands on a line of its own. */
export function exportLines(name: string, value: string, width: number): string[] {
  const line = `    export ${name}=${value}`;
  return columnsOf(line) <= width ? [line] : [`    export ${name}=\\`, value];
}
