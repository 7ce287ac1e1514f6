import { batchesOf } from './batches.ts';

const AT_ONCE = 16; // Enough to hide the network, few enough not to throttle a new on-demand table.

/** Maps in order, a bounded number at once. The first failure is thrown after the ones under way have ended. */
export async function inParallel<A, B>(items: A[], work: (item: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  for (const some of batchesOf(items, AT_ONCE)) {
    const settled = await Promise.allSettled(some.map(work));
    for (const one of settled) {
      if (one.status === 'rejected') throw one.reason;
      results.push(one.value);
    }
  }
  return results;
}
