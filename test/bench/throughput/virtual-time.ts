/** Time that passes only while every activity waits. A heap, for hours with many sleepers. */
export interface VirtualTime {
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Runs until `until` says so. @throws Error where nothing sleeps any more before: then a figure would be of half a run. */
  run(until: () => boolean): Promise<void>;
}

interface Sleeper {
  at: number;
  /** In the order of falling asleep, for those that wake at the same time. */
  number: number;
  wake: () => void;
}

export function createVirtualTime(start: number): VirtualTime {
  const heap: Sleeper[] = [];
  let time = start;
  let number = 0;

  /** All promise callbacks have run: every activity sleeps. */
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

  function wakeNext(): boolean {
    const next = takeFirst(heap);
    if (!next) return false;
    time = Math.max(time, next.at);
    next.wake();
    return true;
  }

  return {
    now: () => time,
    sleep: (ms) => new Promise<void>((wake) => insert(heap, { at: time + Math.max(0, ms), number: number++, wake })),
    async run(until) {
      for (;;) {
        await settled();
        if (until()) return;
        if (!wakeNext()) throw new Error('nothing moves any more, and the end has not come');
      }
    },
  };
}

const isBefore = (a: Sleeper, b: Sleeper) => a.at < b.at || (a.at === b.at && a.number < b.number);

function insert(heap: Sleeper[], sleeper: Sleeper): void {
  let index = heap.push(sleeper) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isBefore(heap[index] as Sleeper, heap[parent] as Sleeper)) return;
    swap(heap, index, parent);
    index = parent;
  }
}

function takeFirst(heap: Sleeper[]): Sleeper | undefined {
  const [first] = heap;
  const last = heap.pop();
  if (!first || !last || heap.length === 0) return first;
  heap[0] = last;
  for (let index = 0; ; ) {
    const [left, right] = [2 * index + 1, 2 * index + 2];
    let least = index;
    for (const child of [left, right])
      if (child < heap.length && isBefore(heap[child] as Sleeper, heap[least] as Sleeper)) least = child;
    if (least === index) return first;
    swap(heap, index, least);
    index = least;
  }
}

function swap(heap: Sleeper[], a: number, b: number): void {
  [heap[a], heap[b]] = [heap[b] as Sleeper, heap[a] as Sleeper];
}
