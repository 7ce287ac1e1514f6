const AT_ONCE = 16; // Enough to hide the network, few enough not to throttle a new on-demand table.

/** Maps in order, a bounded number at once. The first failure is thrown after the ones under way have ended. */
export async function inParallel<A, B>(items: A[], work: (item: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const settled = await Promise.allSettled(items.slice(from, from + AT_ONCE).map(work));
    for (const one of settled) {
      if (one.status === 'rejected') throw one.reason;
      results.push(one.value);
    }
  }
  return results;
}
