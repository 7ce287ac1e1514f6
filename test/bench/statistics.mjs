/** @param {number[]} numbers @param {number} share 0 to 1 */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
  return low + (high - low) * (at - Math.floor(at));
}

/** @param {number[]} numbers */
export const median = (numbers) => quantile(numbers, 0.5);

/** The middle half. @param {number[]} numbers @returns {[number, number]} */
export const quartiles = (numbers) => [quantile(numbers, 0.25), quantile(numbers, 0.75)];
