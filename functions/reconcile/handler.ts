import type { Context } from 'aws-lambda';
import { type ReconcileDeps, type Reconciled, reconcile } from '../../lib/recovery/reconcile.ts';

const RESERVE_MS = 5_000; // For the event in hand when time is called.

/** The schedule's tick in, use case, counts out. */
export function createHandler(deps: Omit<ReconcileDeps, 'deadline'>) {
  return async (_tick: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<Reconciled> => {
    const end = deps.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
    return reconcile({ ...deps, deadline: () => end });
  };
}
