import { updateRecord } from '../ledger/event-record.ts';
import type { Documents, Now, Queue } from '../ports.ts';

export interface RequeueDeps {
  events: Documents;
  queue: Queue;
  now: Now;
  /** When this process began, milliseconds: what moved since then is in its hands. */
  startedAt: number;
  /** When reconcile should look if nothing moves, milliseconds from now. */
  graceMs: number;
}

const EVERYTHING = { before: Number.MAX_SAFE_INTEGER, limit: 1_000_000 };

/**
 * Queues whatever an earlier process left open: its queue was in memory and is gone, and so are its workers, whose
 * leases are taken from them. Only where no other process can be at work on the same data.
 */
export async function requeueOpen(tenant: string, deps: RequeueDeps): Promise<void> {
  const { events, queue, now, startedAt, graceMs } = deps;
  for (const { id } of await events.listed(tenant, 'open', EVERYTHING)) {
    const found = await updateRecord(events, tenant, id, ({ worker, ...record }) =>
      worker && record.updatedAt < startedAt ? { record, dueAt: now() + graceMs } : undefined,
    );
    if (found && found.value.updatedAt < startedAt) await queue.send({ tenant, eventId: id });
  }
}
