import { operate } from '../../recovery/operator-actions.ts';
import { listedIds, readEvents } from '../commands/events.ts';
import type { Io } from '../io.ts';
import type { Service } from '../service-options.ts';

/**
 * Replays the events that missed one of these contacts: those that are over, and those that are parked to ask who they are.
 * @returns how many were queued.
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
  let queued = 0;
  for (const { eventId } of missed)
    if ((await operate(eventId, 'replay', { ...service, now: io.now, by })) === 'queued') queued += 1;
  return queued;
}
