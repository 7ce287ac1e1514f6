/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import { fieldLabel } from '../../dustess/field-labels.ts';
import type { Json } from '../../json.ts';
import type { EventStory } from '../../merge/event-story.ts';
import { areFromCrm, beforeAndAfter, type ContactChange } from '../read/before-after.ts';
import { addressWith, type View } from './view.ts';
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
  if (changes.length === 0) return <p class="none">{tell('event.noValues')}</p>;
  const isDone = story.record.state === 'applied';
  return (
    <>
      <p>
        <a class="button" href={`${addressWith(view.address, { values: isShown ? '' : '1', did: '' })}#values`}>
          {tell(isShown ? 'event.hideValues' : 'event.showValues')}
        </a>
      </p>
      <div class="scroll">
        <table class="values">
          <thead>
            <tr>
              <th scope="col">{tell('event.field')}</th>
              <th scope="col">{tell('event.before')}</th>
              <th scope="col">
                {tell('event.after')}
                {isDone ? null : <small> ({tell('event.wouldBe')})</small>}
              </th>
            </tr>
          </thead>
          {changes.map((change) => (
            <OneContact view={view} change={change} isShown={isShown} />
          ))}
        </table>
      </div>
      <p class="soft">{tell(areFromCrm(plan) ? 'event.fromCrm' : 'event.fromSender')}</p>
    </>
  );
}

function OneContact({ view, change, isShown }: { view: View; change: ContactChange; isShown: boolean }) {
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
        <td>{isSurvivor ? '' : tell('event.gone')}</td>
      </tr>
      {fields.map((field) => (
        <FieldRow view={view} field={field} isShown={isShown} isSurvivor={isSurvivor} />
      ))}
    </tbody>
  );
}

interface FieldProps {
  view: View;
  field: ContactChange['fields'][number];
  isShown: boolean;
  isSurvivor: boolean;
}

function FieldRow({ view, field: { key, before, after }, isShown, isSurvivor }: FieldProps) {
  const isChanged = isSurvivor && JSON.stringify(before) !== JSON.stringify(after);
  const cell = (value: Json | undefined, hidden: string) =>
    value === undefined ? (
      isSurvivor ? (
        '–'
      ) : (
        ''
      )
    ) : isShown ? (
      <bdi>{shown(value)}</bdi>
    ) : (
      <span class="hidden">{hidden}</span>
    );
  const { tell, language } = view;
  return (
    <tr class={isChanged ? 'changed' : ''}>
      <th scope="row">
        <code>{key}</code> <small>{language === 'zh' ? fieldLabel(key) : ''}</small>
      </th>
      <td>{cell(before, tell('event.hidden'))}</td>
      <td>
        {isSurvivor ? cell(after, tell(isChanged ? 'event.hiddenChanged' : 'event.hidden')) : ''}
        {isChanged ? <span aria-hidden="true"> ←</span> : null}
      </td>
    </tr>
  );
}

const shown = (value: Json): string =>
  Array.isArray(value)
    ? value.map(shown).join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
