import { type EraseDeps, eraseEvent } from '../../forget/erase.ts';
import { type Erasable, type Erasure, planErasure } from '../../forget/plan-erasure.ts';
import { Refused } from '../exit.ts';
import type { Io } from '../io.ts';
import { createProgress } from '../link/progress.ts';
import { operatorName } from '../operator-name.ts';
import { printableId } from '../printable.ts';
import { openService, type Service, type ServiceOptions } from '../service-options.ts';
import { confirmTyped, type Typed } from '../typed-confirmation.ts';
import { countsOf, erasureLines, holdsValues } from './forget-words.ts';

export interface ForgetOptions extends ServiceOptions {
  dryRun?: true;
  confirm?: string;
  by?: string;
}

/** Shows what the ledger holds of a person, asks, and erases it. @throws UsageError, Refused, StoreError */
export async function forgetPerson(contact: string, options: ForgetOptions, io: Io): Promise<void> {
  const by = operatorName(options.by, io);
  const service = await openService(options, io);
  const erasure = await find(contact, service, io);
  const open = erasure.events.filter((event) => holdsValues(event) || !event.isErased);
  if (!options.json) for (const line of erasureLines(erasure, io.language)) io.say(line);
  if (!options.dryRun) checkUnderWay(erasure);
  const isWanted = !options.dryRun && open.length > 0;
  if (isWanted) await confirmTyped(typedOf(contact, io), options.confirm, io);
  const erased = isWanted ? await eraseAll(open, { ledger: service.ledger, now: io.now, by }, io) : [];
  if (options.json) io.out(JSON.stringify({ ...erasure, counts: countsOf(erasure), erased }));
  else io.say(erased.length === 0 ? 'nothing was erased' : `the values of ${erased.length} events are erased`);
  if (isWanted && erased.length < open.length)
    throw new Refused(`${open.length - erased.length} events began to move meanwhile: run it again when they are over`);
}

async function find(contact: string, service: Service, io: Io): Promise<Erasure> {
  const progress = createProgress(io, { what: 'looking at events' });
  try {
    const erasure = await planErasure(service.ledger, contact, progress.show);
    if (erasure.seen === 0) await service.checkTenant();
    return erasure;
  } finally {
    progress.end();
  }
}

const MAX_NAMED = 5;

/** A plan that is carried out needs its values; one that waits would be lost. @throws Refused */
function checkUnderWay({ underWay }: Erasure): void {
  if (underWay.length === 0) return;
  const named = underWay.slice(0, MAX_NAMED).map(printableId).join(', ');
  throw new Refused(
    `nothing was erased: ${underWay.length} events about this person are not over (${named}); wait for them, or release or settle them, and run it again`,
  );
}

function typedOf(contact: string, { language }: Io): Typed {
  const id = printableId(contact);
  return {
    expected: contact,
    question: language === 'zh' ? `清除后无法恢复。输入 ${id} 以清除：` : `This cannot be taken back. Type ${id}: `,
    noTerminal: 'there is no terminal to ask in: say --confirm and the id of the contact',
    otherwise: 'nothing was erased: the id given is not that of the contact',
  };
}

async function eraseAll(open: Erasable[], deps: EraseDeps, io: Io): Promise<string[]> {
  const progress = createProgress(io, { what: 'erasing', total: open.length });
  const erased: string[] = [];
  try {
    for (const [index, event] of open.entries()) {
      if (await eraseEvent(event, deps)) erased.push(event.eventId);
      progress.show(index + 1);
    }
  } finally {
    progress.end();
  }
  return erased;
}
