/**
 * The known name that a misspelt one most likely stands for: the same but for case and separators, or at most a third
 * of its letters away.
 * @returns undefined where none is that near, so that no suggestion misleads.
 */
export function closestName(name: string, known: readonly string[]): string | undefined {
  const wanted = plain(name);
  const ranked = known.map((one) => ({ one, distance: editDistance(wanted, plain(one)) }));
  const [best] = ranked.sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(1, Math.floor(wanted.length / 3)) ? best.one : undefined;
}

const MAX_COMPARED = 64; // A key may be a whole document pasted in the wrong place.
const plain = (name: string) =>
  name
    .slice(0, MAX_COMPARED)
    .toLowerCase()
    .replace(/[-_\s]/g, '');

/** Levenshtein's distance, row by row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    row = next;
  }
  return row.at(-1) ?? 0;
}
