/**
 * Whether a line would be counted, as far as our patterns go: `$.field = "text"` with `*` for anything, `$.field = *` where the line has it, `&&`, `||` and
 * brackets (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html).
 */
export function matches(pattern: string, line: Record<string, unknown>): boolean {
  const inner = /^\{(.*)\}$/s.exec(pattern.trim())?.[1] ?? '';
  const evaluated = inner
    .replace(/\$\.(\w+) = "([^"]*)"/g, (_all, field: string, text: string) => String(isLike(line[field], text)))
    .replace(/\$\.(\w+) = \*/g, (_all, field: string) => String(line[field] !== undefined));
  if (!/^(true|false|&&|\|\||[()\s])+$/.test(evaluated)) throw new Error(`not understood: ${pattern}`);
  return new Function(`return ${evaluated}`)() as boolean;
}

function isLike(value: unknown, text: string): boolean {
  const parts = text.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return typeof value === 'string' && new RegExp(`^${parts.join('.*')}$`, 's').test(value);
}
