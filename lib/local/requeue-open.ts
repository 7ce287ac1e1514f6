import type { EventLedger } from '../ledger/ledger.ts';
import { transition } from '../ledger/transitions.ts';
import type { Now, Queue } from '../ports.ts';
import { LOCAL_TIMING } from './local-timing.ts';

export interface RequeueDeps {
  queue: Queue;
  now: Now;
  /** When this process began, milliseconds since 1970: what moved since then is in its hands. */
  startedAt: number;
  /** Whether no other process can be at work on the same tables: then leases of earlier workers are void. */
  ownTables: boolean;
}

const EVERYTHING = { before: Number.MAX_SAFE_INTEGER, limit: 1_000_000 };

/** Queues every event that is still open, into a queue that is empty: it was in memory, and ended with its process. */
export async function requeueOpen(ledger: EventLedger, deps: RequeueDeps): Promise<void> {
  const { queue, now, startedAt, ownTables } = deps;
  for (const { id } of await ledger.events.listed('open', EVERYTHING)) {
    let isOurs = false;
    const found = await ledger.events.update(id, (record) => {
      isOurs = record.updatedAt >= startedAt;
      if (isOurs || !ownTables || record.state !== 'working') return undefined;
      return transition(record, { on: 'restart' }, { now: now(), timing: LOCAL_TIMING });
    });
    if (found && !isOurs) await queue.send({ tenant: ledger.tenant, eventId: id });
  }
}
