import { derivedEventId, isUsableId, readEventId } from '../../lib/dustess/ids.ts';

describe('ids', () => {
  it('of an event without one is made of its content, and no envelope may claim one of that form', () => {
    const derived = derivedEventId('0a'.repeat(32));
    expect(derived).toBe(`sha256-${'0a'.repeat(32)}`);
    expect(readEventId(derived)).toBeUndefined();
    // Longer ones are no derived ids, and are kept.
    for (const other of [`x${derived}`, `${derived}0`, derived.slice(0, -1)]) expect(readEventId(other)).toBe(other);
  });

  it.each([
    ['', false],
    ['a', true],
    ['x'.repeat(512), true],
    ['x'.repeat(513), false],
    ['好'.repeat(170), true],
    ['好'.repeat(171), false],
    ['a\ud800', false],
    ['\udc00a', false],
    ['😀', true],
  ])('%j is usable: %s', (id, usable) => {
    expect(isUsableId(id)).toBe(usable);
  });
});
