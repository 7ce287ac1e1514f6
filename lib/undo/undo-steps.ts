import type { Plan } from '../ledger/plans.ts';
import type { UndoStep } from '../ledger/undo-plans.ts';
import type { CrmRecord, RecordUndo } from '../ports.ts';
import { type FieldReport, restoredFields, type Sides } from './compare-fields.ts';
import { asWritten } from './values.ts';

/** What is known of an undo when its calls are laid down. */
export interface Undoing {
  undo: RecordUndo;
  fields: FieldReport[];
  writable: ReadonlySet<string>;
}

/** The losers come back first: where one cannot, nothing else has happened. */
export function stepsOf({ identities }: Plan, sides: Sides, { undo, fields, writable }: Undoing): UndoStep[] {
  const restored = restoredFields(fields);
  const steps = sides.losers.map((loser): UndoStep => ({ kind: 'bring-back', loser: mergedAway(loser, writable) }));
  if (restored.length > 0) steps.push({ kind: 'restore', contact: identities.survivor, fields: restored });
  return undo.comesBackAs === 'itself'
    ? [...steps, ...sides.losers.flatMap((loser) => refill(loser, writable))]
    : steps;
}

/** What a record that comes back itself has lost all the same: only where it is empty then. */
function refill({ contactId = '', values }: CrmRecord, writable: ReadonlySet<string>): UndoStep[] {
  const fields = writableValues(values, writable).map(([property, to]) => ({ property, from: null, to }));
  return fields.length > 0 ? [{ kind: 'restore', contact: contactId, fields }] : [];
}

const mergedAway = ({ contactId = '', recordId, values }: CrmRecord, writable: ReadonlySet<string>) => ({
  contactId,
  recordId,
  values: Object.fromEntries(writableValues(values, writable)),
});

const writableValues = (values: CrmRecord['values'], writable: ReadonlySet<string>) =>
  Object.entries(values).flatMap(([property, before]) => {
    const value = asWritten(before);
    return writable.has(property) && value !== null && value !== undefined ? [[property, value] as const] : [];
  });
