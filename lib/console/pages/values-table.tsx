/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import { fieldLabel } from '../../dustess/field-labels.ts';
import type { Json } from '../../json.ts';
import type { EventStory } from '../../merge/event-story.ts';
import { bracketed } from '../../sentence.ts';
import { EXPORT_FORMATS } from '../export/formats.ts';
import {
  areFromCrm,
  beforeAndAfter,
  type ContactChange,
  type FieldChange,
  isChanged,
  shownValue,
} from '../read/before-after.ts';
import { writtenText } from '../texts/decision-sentence.ts';
import type { TextName } from '../texts/texts.ts';
import { Scroll } from './scroll.tsx';
import { addressWith, hrefOf, type View } from './view.ts';
import { ContactLink, RecordLink } from './words.tsx';

interface ValuesProps {
  view: View;
  story: EventStory;
  isShown: boolean;
}

/** Both records before and after. Values are personal data: hidden until they are asked for. */
export function ValuesTable({ view, story, isShown }: ValuesProps) {
  const { tell } = view;
  const plan = story.plans.at(-1);
  const changes = beforeAndAfter(plan, story.event);
  if (changes.length === 0)
    return <p class="none">{tell(story.record.erased ? 'event.valuesErased' : 'event.noValues')}</p>;
  const isDone = story.record.state === 'applied';
  const fate = story.record.undone ? 'undo.cameBack' : isDone ? 'event.gone' : 'event.toBeGone';
  return (
    <>
      <p>
        <a class="button" href={`${addressWith(view.address, { values: isShown ? '' : '1', did: '' })}#values`}>
          {tell(isShown ? 'event.hideValues' : 'event.showValues')}
        </a>
      </p>
      <p class="soft">
        {tell('export.asTheyWere')}{' '}
        {EXPORT_FORMATS.map((format) => (
          <>
            <a download href={hrefOf(view, ['events', story.record.eventId, 'before', format])}>
              {format === 'html' ? tell('export.sheet') : format.toUpperCase()}
            </a>{' '}
          </>
        ))}
      </p>
      <Scroll label={tell('event.values')}>
        <table class="values">
          <thead>
            <tr>
              <th scope="col">{tell('event.field')}</th>
              <th scope="col">{tell('event.before')}</th>
              <th scope="col">
                {tell('event.after')}
                {isDone || !plan ? null : <small>{bracketed(tell('event.wouldBe'), view.language)}</small>}
              </th>
            </tr>
          </thead>
          {changes.map((change) => (
            <OneContact view={view} change={change} isShown={isShown} fate={fate} />
          ))}
        </table>
      </Scroll>
      <p class="soft">{tell(areFromCrm(plan) ? 'event.fromCrm' : 'event.fromSender')}</p>
    </>
  );
}

interface ContactProps {
  view: View;
  change: ContactChange;
  isShown: boolean;
  /** What became of a loser. */
  fate: TextName;
}

function OneContact({ view, change, isShown, fate }: ContactProps) {
  const { tell } = view;
  const { contactId, recordId, isSurvivor, fields } = change;
  return (
    <tbody>
      <tr class="contact">
        <th scope="rowgroup" colspan={2}>
          {tell(isSurvivor ? 'frame.survivor' : 'frame.loser')}{' '}
          {contactId === undefined ? null : <ContactLink view={view} id={contactId} />}{' '}
          <RecordLink view={view} record={recordId} contact={contactId} />
        </th>
        <td>{isSurvivor ? '' : tell(fate)}</td>
      </tr>
      {fields.map((field) => (
        <FieldRow view={view} field={field} isShown={isShown} isSurvivor={isSurvivor} />
      ))}
    </tbody>
  );
}

interface FieldProps {
  view: View;
  field: FieldChange;
  isShown: boolean;
  isSurvivor: boolean;
}

function FieldRow({ view, field, isShown, isSurvivor }: FieldProps) {
  const { tell, language } = view;
  const { key, before, after } = field;
  const isMarked = isSurvivor && (field.isWritten || isChanged(field));
  return (
    <tr class={isMarked ? 'changed' : ''}>
      <th scope="row">
        <code>{key}</code> <small>{language === 'zh' ? fieldLabel(key) : ''}</small>
      </th>
      <td>
        <Cell value={before} isShown={isShown} none={isSurvivor ? '–' : ''} hidden={tell('event.hidden')} />
      </td>
      <td>
        {isSurvivor ? <Cell value={after} isShown={isShown} none="–" hidden={tell(afterText(field))} /> : null}
        {isSurvivor && isChanged(field) ? <span aria-hidden="true"> ←</span> : null}
        {isMarked && !isChanged(field) ? <small>{tell(writtenText(field))}</small> : null}
      </td>
    </tr>
  );
}

const afterText = (field: FieldChange): TextName => (isChanged(field) ? 'event.hiddenChanged' : 'event.hidden');

interface CellProps {
  value: Json | undefined;
  isShown: boolean;
  /** Where there is no value. */
  none: string;
  /** In place of a value that was not asked for. */
  hidden: string;
}

function Cell({ value, isShown, none, hidden }: CellProps) {
  if (value === undefined) return <>{none}</>;
  return isShown ? <bdi>{shownValue(value)}</bdi> : <span class="hidden">{hidden}</span>;
}
