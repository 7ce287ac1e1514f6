import { isNestedDeeperThan } from '../../lib/dustess/nesting.ts';
import type { Json } from '../../lib/json.ts';

const nested = (depth: number, inner: Json): Json => (depth === 0 ? inner : [nested(depth - 1, inner)]);

describe('how deep lists and objects stand in each other', () => {
  it.each([
    [1, false],
    [null, false],
    ['[[[[', false],
    [[], false],
    [[[[]]], false],
    [[[1]], false],
    [{ a: { b: null } }, false],
    [[[[1]]], true],
    [[[[[]]]], true],
    [{ a: [{ b: 1 }] }, true],
    [[1, 'x', null, [[['x']]]], true],
  ] as [Json, boolean][])('%j is nested deeper than 2: %s', (value, isDeeper) => {
    expect(isNestedDeeperThan(2, value)).toBe(isDeeper);
  });

  it('a value is measured whole, at any limit', () => {
    expect(isNestedDeeperThan(200, nested(200, 1))).toBe(false);
    expect(isNestedDeeperThan(200, nested(201, 1))).toBe(true);
    expect(isNestedDeeperThan(0, 1)).toBe(false);
    expect(isNestedDeeperThan(0, [1])).toBe(true);
  });
});
