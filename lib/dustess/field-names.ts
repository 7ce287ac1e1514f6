const MAX_KEYS = 64; // The sender's sealed envelope has eight at most; a stranger's may have half a million.
const MAX_NAME_LENGTH = 32;

/** The texts among a part's first 64 values, by their names without case and underscores; numbers become their digits. */
export function fieldsOf(part: Record<string, unknown>): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const key of Object.keys(part).slice(0, MAX_KEYS)) {
    if (key.length > MAX_NAME_LENGTH) continue;
    const value = textOf(part[key]);
    const name = plainName(key);
    if (value !== undefined && !fields.has(name)) fields.set(name, value);
  }
  return fields;
}

function plainName(key: string): string {
  const lower = key.toLowerCase();
  return lower.includes('_') ? lower.replaceAll('_', '') : lower; // Looking first is faster, and few have one.
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}
