const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}[\],]/gs;

/** An open list or object: where it stands now, and the names that an object has had. */
interface Level {
  at: string | number;
  names?: Set<string>;
}

/**
 * The path of the first key that an object names twice: `JSON.parse` keeps the last of them without a word.
 * @param json valid JSON.
 * @example repeatedKey('{"a":{"b":1,"b":2}}') // 'a.b'
 */
export function repeatedKey(json: string): string | undefined {
  const open: Level[] = [];
  for (const [token, text, colon] of json.matchAll(TOKEN)) {
    if (text !== undefined && colon === undefined) continue;
    if (text === undefined) step(open, token);
    else if (isRepeated(open.at(-1), JSON.parse(text) as string)) return open.map(({ at }) => at).join('.');
  }
  return undefined;
}

function step(open: Level[], token: string): void {
  const level = open.at(-1);
  if (token === '{') open.push({ at: '', names: new Set() });
  else if (token === '[') open.push({ at: 0 });
  else if (token !== ',') open.pop();
  else if (typeof level?.at === 'number' && !level.names) level.at += 1;
}

function isRepeated(level: Level | undefined, name: string): boolean {
  if (!level?.names) return false;
  level.at = name;
  const isKnown = level.names.has(name);
  level.names.add(name);
  return isKnown;
}
