import { randomUUID } from 'node:crypto';
import { startBulk } from '../../recovery/bulk-action.ts';
import type { ActionResult } from '../../recovery/operator-actions.ts';
import type { Io } from '../io.ts';
import { listedIds, readEvents } from '../listed-events.ts';
import type { Service } from '../service-options.ts';

/**
 * Replays the events that missed one of these contacts: those that are over, and those that are parked to ask who they are.
 * Stands in the list of past bulk actions. @returns how many were queued.
 */
export async function replayWaiting(
  service: Service,
  contacts: readonly string[],
  by: string,
  io: Io,
): Promise<number> {
  const linked = new Set(contacts);
  const over = await readEvents(service, 'unlinked', await listedIds(service, 'unlinked', io));
  const parked = await readEvents(service, 'parked', await listedIds(service, 'parked', io));
  const missed = [...over, ...parked.filter(({ reason }) => reason === 'unlinked')].filter(({ missing = [] }) =>
    missing.some((contact) => linked.has(contact)),
  );
  if (missed.length === 0) return 0;
  let queued = 0;
  const onResult = (_eventId: string, result: ActionResult) => {
    if (result === 'queued') queued += 1;
  };
  const ids = missed.map(({ eventId }) => eventId);
  await (await startBulk({ action: 'replay', ids }, { ...service, now: io.now, by, newId: randomUUID, onResult })).end;
  return queued;
}
