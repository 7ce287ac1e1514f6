import type { TenantDocuments } from './tenant-documents.ts';

/** Counts per window of time, for the volume limits (promise 9). */
export interface Counters {
  /**
   * Adds to the count of the window that `now` is in. A call that throws may have counted.
   * @param windowMs length of a window; windows begin at multiples of it since 1970. The count is kept for two windows.
   * @returns the window's count afterwards.
   */
  add(counter: { id: string; windowMs: number }, by: number, now: number): Promise<number>;
}

export function createCounters(documents: TenantDocuments): Counters {
  return {
    add({ id, windowMs }, by, now) {
      const window = Math.floor(now / windowMs);
      return documents.add({ kind: 'counter', id, sort: String(window) }, by, (window + 2) * windowMs);
    },
  };
}
