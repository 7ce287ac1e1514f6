import { createHash } from 'node:crypto';
import type { UndoProposal } from './prepare-undo.ts';

/** The same for two proposals that would do the same, whenever they were made and whoever asked. Hex. */
export function proposalDigest({ eventId, contacts, repeatedBy, plan }: UndoProposal): string {
  const { survivor, losers, steps } = plan;
  const timeless = steps.map((step) =>
    step.kind === 'tell' ? { ...step, command: { ...step.command, undoneAt: '', undoneBy: '' } } : step,
  );
  const said = JSON.stringify({ eventId, contacts, repeatedBy, survivor, losers, steps: timeless });
  return createHash('sha256').update(said).digest('hex');
}
