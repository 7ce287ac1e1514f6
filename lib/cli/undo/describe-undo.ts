import { shownValue } from '../../console/read/before-after.ts';
import { isBlank, type Json } from '../../json.ts';
import { colon, comma, type Language } from '../../sentence.ts';
import type { FieldReport } from '../../undo/compare-fields.ts';
import type { ContactReport, UndoProposal } from '../../undo/prepare-undo.ts';
import { COMES_BACK_WORDS, OUTCOME_WORDS, ROLE_WORDS } from '../../undo/undo-words.ts';
import { printableId } from '../printable.ts';
import { UNDO_WORDS, type UndoWords } from './undo-event-words.ts';

interface Showing {
  language: Language;
  /** Values are personal data: hidden until they are asked for. */
  showsValues: boolean;
}

/** An undo for a person to read before it is done: who comes back, each field, and what does not come back. */
export function describeUndo({ eventId, contacts, cannot, repeatedBy }: UndoProposal, showing: Showing): string[] {
  const { language } = showing;
  const words = UNDO_WORDS[language];
  return [
    words.title(printableId(eventId)),
    ...contacts.flatMap((contact) => contactLines(contact, words, showing)),
    '',
    words.cannot,
    ...cannot.map((sentence) => `  - ${sentence[language]}`),
    '',
    ...(repeatedBy.length > 0 ? [words.repeatedBy(repeatedBy.map(printableId)), ''] : []),
  ];
}

function contactLines(contact: ContactReport, words: UndoWords, showing: Showing): string[] {
  const { role, contactId, recordId, comesBackAs, fields } = contact;
  const { language } = showing;
  const separator = comma(language);
  const record = comesBackAs === 'new-record' ? words.wasRecord : words.record;
  const ids = [printableId(contactId), ...(recordId === undefined ? [] : [record(printableId(recordId))])];
  const how = comesBackAs === undefined ? [] : [COMES_BACK_WORDS[comesBackAs][language]];
  return [
    `  ${ROLE_WORDS[role][language]}${colon(language)}${[...ids, ...how].join(separator)}`,
    ...fields.map((field) => `    ${fieldLine(field, words, showing, role)}`),
    ...(fields.length === 0 && recordId !== undefined && role === 'survivor' ? [`    ${words.noFields}`] : []),
  ];
}

/** What it is → what it will be; of a record that comes back only what it had. */
function fieldLine(field: FieldReport, words: UndoWords, showing: Showing, role: ContactReport['role']): string {
  const { property, outcome, before, now } = field;
  const shown = (value: Json) =>
    isBlank(value) ? words.empty : showing.showsValues ? printableId(shownValue(value)) : words.hidden;
  const change = role === 'survivor' && outcome === 'restore' ? `${shown(now)} → ${shown(before)}` : shown(before);
  const values = outcome === 'kept' ? shown(now) : change;
  return `${printableId(property)}${colon(showing.language)}${OUTCOME_WORDS[outcome][showing.language]}  ${values}`;
}

/** The same for a script; without values unless they were asked for. */
export function undoForScripts({ eventId, crm, contacts, cannot, repeatedBy }: UndoProposal, showsValues: boolean) {
  const shown = contacts.map(({ fields, ...who }) => ({
    ...who,
    fields: fields.map(({ property, outcome, ...values }) => ({ property, outcome, ...(showsValues && values) })),
  }));
  return { eventId, crm, contacts: shown, cannot: cannot.map(({ en }) => en), repeatedBy };
}
