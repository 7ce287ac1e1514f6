import { askUndo } from '../../undo/ask-undo.ts';
import type { UndoProposal } from '../../undo/prepare-undo.ts';
import { Refused, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { printableId } from '../printable.ts';
import type { Service } from '../service-options.ts';
import { confirmTyped, type Typed } from '../typed-confirmation.ts';
import { UNDO_WORDS } from './undo-event-words.ts';

export interface ApplyOptions {
  apply?: true;
  confirm?: string;
  json?: true;
}

/** @throws UsageError */
export function checkApply({ apply, confirm }: ApplyOptions): void {
  if (confirm !== undefined && !apply) throw new UsageError('--confirm goes with --apply only');
}

/** Asks for the survivor's id, and hands the proposal as it was shown to the workers. @throws UsageError, Refused */
export async function applyUndo(
  proposal: UndoProposal,
  options: ApplyOptions,
  { service, by, io }: { service: Service; by: string; io: Io },
): Promise<'queued'> {
  const { survivor } = proposal.plan;
  await confirmTyped(typedOf(survivor, io), options.confirm, io);
  const { ledger, queue } = service;
  const result = await askUndo(proposal, { ledger, queue, now: io.now, by });
  if (result !== 'queued')
    throw new Refused('nothing was done: the event has moved meanwhile; merge-sync show EVENT_ID says how it is');
  return result;
}

/** What the CRM is told cannot be recalled. */
const typedOf = (survivor: string, { language }: Io): Typed => ({
  expected: survivor,
  question: UNDO_WORDS[language].question(printableId(survivor)),
  noTerminal: 'there is no terminal to ask in: say --confirm and the id of the contact that stays',
  otherwise: 'nothing was done: the id given is not that of the contact that stays',
});
