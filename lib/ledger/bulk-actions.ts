import type { Listed, ListRange, Stored } from '../ports.ts';
import type { EventList, OperatorAction } from './event-states.ts';
import type { TenantDocuments } from './tenant-documents.ts';

/** One action of an operator on many events, and how far it has come. Counts only: each event keeps its own action. */
export interface BulkAction {
  id: string;
  action: OperatorAction;
  by: string;
  /** The list whose events were chosen; left out: each was picked. */
  list?: EventList;
  /** Only those with this reason; empty or left out: all of the list. */
  reason?: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  updatedAt: number;
  finishedAt?: number;
  total: number;
  queued: number;
  /** Had changed meanwhile, so that the action was no longer possible. */
  refused: number;
}

/** The bulk actions of a tenant, newest first. Kept for ever, as the events are. */
export interface BulkActions {
  save(action: BulkAction, expected: number): Promise<boolean>;
  read(id: string): Promise<Stored<BulkAction> | undefined>;
  newest(range: Pick<ListRange, 'before' | 'limit'>): Promise<Listed[]>;
}

export function createBulkActions(documents: TenantDocuments): BulkActions {
  const keyOf = (id: string) => ({ kind: 'bulk', id });
  return {
    save: (action, expected) =>
      documents.put(keyOf(action.id), action, { expected, listed: { list: 'bulk', at: action.startedAt } }),
    read: (id) => documents.get<BulkAction>(keyOf(id)),
    newest: (range) => documents.listed('bulk', { ...range, newestFirst: true }),
  };
}
