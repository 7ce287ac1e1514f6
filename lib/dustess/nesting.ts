import type { Json } from '../json.ts';

/** Whether lists and objects stand in each other more than `limit` deep; without recursion, whatever the depth. */
export function isNestedDeeperThan(limit: number, value: Json): boolean {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}
