import type { BulkAction } from '../ledger/bulk-actions.ts';
import type { EventList, OperatorAction } from '../ledger/event-states.ts';
import type { NewId } from '../ports.ts';
import { type ActionResult, type OperatorDeps, operate } from './operator-actions.ts';

export interface BulkDeps extends OperatorDeps {
  newId: NewId;
  /** Called after each event, in the order of the ids. */
  onResult?(eventId: string, result: ActionResult): void;
}

export interface BulkOrder {
  action: OperatorAction;
  ids: string[];
  /** The list that was chosen, where not each event was picked. */
  list?: EventList;
  /** With `list`: all of it with this reason; empty or left out: all of it. */
  reason?: string;
}

const SAVED_EVERY = 20;

/**
 * Begins an action on many events and keeps how far it has come. Should this process end before, the rest stays as it
 * was: each event is acted on by itself.
 * @returns the action as it begins, and its end, which throws where the store fails.
 */
export async function startBulk(order: BulkOrder, deps: BulkDeps): Promise<{ begun: BulkAction; end: Promise<void> }> {
  const { ids, ...what } = order;
  const at = deps.now();
  const counts = { total: ids.length, queued: 0, refused: 0 };
  const begun: BulkAction = { id: deps.newId(), by: deps.by, startedAt: at, updatedAt: at, ...counts, ...what };
  await deps.ledger.bulkActions.save(begun, 0);
  return { begun, end: work(begun, ids, deps) };
}

async function work(begun: BulkAction, ids: string[], deps: BulkDeps): Promise<void> {
  let bulk = begun;
  let version = 1;
  const save = async (change: Partial<BulkAction>) => {
    bulk = { ...bulk, ...change, updatedAt: deps.now() };
    await deps.ledger.bulkActions.save(bulk, version);
    version += 1;
  };
  for (const [index, id] of ids.entries()) {
    const result = await operate(id, begun.action, deps);
    const isQueued = result === 'queued';
    bulk = { ...bulk, queued: bulk.queued + (isQueued ? 1 : 0), refused: bulk.refused + (isQueued ? 0 : 1) };
    deps.onResult?.(id, result);
    if ((index + 1) % SAVED_EVERY === 0) await save({});
  }
  await save({ finishedAt: deps.now() });
}
