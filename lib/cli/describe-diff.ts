import {
  areFromCrm,
  beforeAndAfter,
  type ContactChange,
  type FieldChange,
  isChanged,
  shownValue,
} from '../console/read/before-after.ts';
import { decisionSentence, writtenText } from '../console/texts/decision-sentence.ts';
import { type Tell, tellIn } from '../console/texts/texts.ts';
import { fieldLabel } from '../dustess/field-labels.ts';
import type { Json } from '../json.ts';
import type { EventStory } from '../merge/event-story.ts';
import { bracketed, colon, comma, type Language } from '../sentence.ts';
import { printableId } from './printable.ts';

interface Showing {
  language: Language;
  /** Values are personal data: hidden until they are asked for. */
  showsValues: boolean;
}

interface ShowingContact extends Showing {
  /** The merge has happened. */
  isDone: boolean;
}

/** Both records before and after, and why each field was or was not written: what the console's page of an event says. */
export function describeDiff({ record, event, plans }: EventStory, showing: Showing): string[] {
  const { language } = showing;
  const tell = tellIn(language);
  const plan = plans.at(-1);
  const changes = beforeAndAfter(plan, event);
  const none = changes.length === 0 ? [`  ${tell(record.erased ? 'event.valuesErased' : 'event.noValues')}`] : [];
  const from = changes.length === 0 ? [] : [`  ${tell(areFromCrm(plan) ? 'event.fromCrm' : 'event.fromSender')}`];
  const decisions = plan?.decisions.map(
    (one) => `  ${printableId(one.key)}${colon(language)}${decisionSentence(plan, one, language)}`,
  );
  const isDone = record.state === 'applied';
  const order = `${tell('event.before')} → ${tell('event.after')}${plan && !isDone ? `${comma(language)}${tell('event.wouldBe')}` : ''}`;
  return [
    '',
    `${tell('event.values')}${bracketed(order, language)}`,
    ...none,
    ...changes.flatMap((change) => contactLines(change, { ...showing, isDone }, tell)),
    ...from,
    '',
    tell('event.fields'),
    ...(decisions ?? [`  ${tell('event.notPlanned')}`]),
    ...(decisions?.length === 0 ? [`  ${tell('event.noFields')}`] : []),
  ];
}

function contactLines(change: ContactChange, showing: ShowingContact, tell: Tell): string[] {
  const { contactId, recordId, isSurvivor, fields } = change;
  const ids = [contactId, recordId].filter((id) => id !== undefined).map(printableId);
  const role = tell(isSurvivor ? 'frame.survivor' : 'frame.loser');
  return [
    `  ${[role, ...ids].join('  ')}`,
    ...fields.map((field) => fieldLine(field, isSurvivor, showing, tell)),
    ...(isSurvivor ? [] : [`      ${tell(showing.isDone ? 'event.gone' : 'event.toBeGone')}`]),
  ];
}

/** `←` marks what is no longer the same. */
function fieldLine(field: FieldChange, isSurvivor: boolean, showing: Showing, tell: Tell): string {
  const { language, showsValues } = showing;
  const { key, before, after, isWritten } = field;
  const label = language === 'zh' ? ` ${fieldLabel(key)}` : '';
  const shown = (value: Json | undefined) =>
    value === undefined ? '–' : showsValues ? printableId(shownValue(value)) : tell('event.hidden');
  const name = `${printableId(key)}${label.trimEnd()}${colon(language)}`;
  if (!isSurvivor) return `      ${name}${shown(before)}`;
  if (isChanged(field)) return `    ← ${name}${shown(before)} → ${shown(after)}`;
  return `      ${name}${shown(before)}${isWritten ? bracketed(tell(writtenText(field)), language) : ''}`;
}

/** The same for a script; without values unless they were asked for. */
export function diffForScripts({ event, plans }: EventStory, showsValues: boolean) {
  return beforeAndAfter(plans.at(-1), event).map(({ fields, ...who }) => ({
    ...who,
    fields: fields.map((field) => ({
      key: field.key,
      isWritten: field.isWritten,
      isChanged: who.isSurvivor && isChanged(field),
      ...(showsValues && { before: field.before ?? null, after: field.after ?? null }),
    })),
  }));
}
