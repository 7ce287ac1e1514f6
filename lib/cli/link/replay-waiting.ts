import { randomUUID } from 'node:crypto';
import type { EventRecord } from '../../ledger/event-record.ts';
import { startBulk } from '../../recovery/bulk-action.ts';
import type { ActionResult } from '../../recovery/operator-actions.ts';
import type { Io } from '../io.ts';
import { selectListed } from '../listed-events.ts';
import type { Service } from '../service-options.ts';

/**
 * Replays the events that missed one of these contacts: those that are over, and those that are parked to ask who they are.
 * Stands in the list of past bulk actions. @returns how many were queued.
 */
export async function replayWaiting(
  service: Service,
  contacts: readonly string[],
  by: string,
  io: Pick<Io, 'now'>,
): Promise<number> {
  const linked = new Set(contacts);
  const missesOne = ({ missing = [] }: EventRecord) => missing.some((contact) => linked.has(contact));
  const over = await selectListed(service, 'unlinked', missesOne, io);
  const asking = (record: EventRecord) => record.reason === 'unlinked' && missesOne(record);
  const ids = [...over, ...(await selectListed(service, 'parked', asking, io))];
  if (ids.length === 0) return 0;
  let queued = 0;
  const onResult = (_eventId: string, result: ActionResult) => {
    if (result === 'queued') queued += 1;
  };
  await (await startBulk({ action: 'replay', ids }, { ...service, now: io.now, by, newId: randomUUID, onResult })).end;
  return queued;
}
