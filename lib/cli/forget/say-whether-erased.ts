import { EVENT_WORDS } from '../event-words.ts';
import type { Io } from '../io.ts';
import { printableId } from '../printable.ts';
import type { Service } from '../service-options.ts';

/** Why an event of which nothing more can be done may be so. */
export async function sayWhetherErased(eventId: string, { ledger }: Service, io: Io): Promise<void> {
  const isErased = (await ledger.events.read(eventId))?.value.erased;
  if (isErased) io.err(`${printableId(eventId)}: ${EVENT_WORDS[io.language].valuesErased}`);
}
