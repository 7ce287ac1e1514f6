import type { ClaimedEvent } from '../claimed-event.ts';
import { followAliases } from './resolve-aliases.ts';

/**
 * Whether an operator has separated one of the event's contacts from another, and the two are not one again since. An
 * event that was replayed in spite of that goes on. Costs a request only where there was an undo.
 */
export async function isSeparated({ ledger, contacts, record }: ClaimedEvent): Promise<boolean> {
  if (record.despiteUndo) return false;
  const marked = [...contacts].flatMap(([id, { value }]) =>
    (value.undone ?? []).map((mark) => ({ id, with: mark.with })),
  );
  if (marked.length === 0) return false;
  const { roots } = await followAliases(ledger.contacts, [...new Set(marked.map((mark) => mark.with))]);
  return marked.some((mark) => roots.get(mark.with) !== mark.id);
}
