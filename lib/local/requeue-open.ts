import type { EventLedger } from '../ledger/ledger.ts';
import { transition } from '../ledger/transitions.ts';
import type { Now, Queue } from '../ports.ts';
import { LOCAL_TIMING } from './local-timing.ts';

export interface RequeueDeps {
  queue: Queue;
  now: Now;
  /** When this process began, milliseconds since 1970: what moved since then is in its hands. */
  startedAt: number;
}

const EVERYTHING = { before: Number.MAX_SAFE_INTEGER, limit: 1_000_000 };

/**
 * Queues whatever an earlier process left open: its queue was in memory and is gone, and so are its workers, whose
 * leases are ended. Only where no other process can be at work on the same data.
 */
export async function requeueOpen(ledger: EventLedger, { queue, now, startedAt }: RequeueDeps): Promise<void> {
  for (const { id } of await ledger.events.listed('open', EVERYTHING)) {
    let isOurs = false;
    const found = await ledger.events.update(id, (record) => {
      isOurs = record.updatedAt >= startedAt;
      if (isOurs || record.state !== 'working') return undefined;
      return transition(record, { on: 'restart' }, { now: now(), timing: LOCAL_TIMING });
    });
    if (found && !isOurs) await queue.send({ tenant: ledger.tenant, eventId: id });
  }
}
