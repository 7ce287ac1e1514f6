/** @jsxRuntime automatic @jsxImportSource hono/jsx */

import type { EventRecord, TakenAction } from '../../ledger/event-record.ts';
import type { OperatorAction } from '../../ledger/event-states.ts';
import { askedContacts } from '../../recovery/answer-link.ts';
import { isSettling, usefulActions } from '../../recovery/operator-actions.ts';
import { comma } from '../../sentence.ts';
import type { TextName } from '../texts/texts.ts';
import { hrefOf, type View } from './view.ts';
import { ContactLink, Sentence } from './words.tsx';

interface ActionsProps {
  view: View;
  record: EventRecord;
  /** What the reason asks of an operator. */
  todo: string;
}

/** What this event's state allows, and what to look at before. */
export function Actions({ view, record, todo }: ActionsProps) {
  const { tell, options } = view;
  const actions = usefulActions(record);
  const asks = todo !== '' && todo !== '–';
  const settles = actions.some(isSettling);
  const isAsking =
    options.allowActions && options.deployment.linkable !== undefined && askedContacts(record).length > 0;
  if (actions.length === 0 && !asks) return <p class="well">{tell('event.mayNothing')}</p>;
  return (
    <section class="may">
      <h2>{tell('event.may')}</h2>
      {asks ? (
        <p>
          <Sentence view={view} text={todo} />
        </p>
      ) : null}
      {settles ? <p class="warn">{tell('event.lookFirst')}</p> : null}
      {record.missing === undefined ? null : <Missing view={view} ids={record.missing} />}
      {actions.length > 0 && !options.allowActions ? (
        <p class="soft">
          {tell('event.mayOnlyWith', { actions: actions.map((one) => nameOf(view, one)).join(comma(view.language)) })}
        </p>
      ) : null}
      {isAsking ? (
        <p class="actions">
          <a class="button main" href={hrefOf(view, ['events', record.eventId, 'link'])}>
            {tell('link.show')}
          </a>
        </p>
      ) : null}
      {options.allowActions ? (
        <Buttons view={view} record={record} actions={actions} isSecond={isAsking || settles} />
      ) : null}
    </section>
  );
}

const MOST_NAMED = 20;

const Missing = ({ view, ids }: { view: View; ids: string[] }) => (
  <>
    <p>{view.tell('event.link')}</p>
    <ul>
      {ids.slice(0, MOST_NAMED).map((id) => (
        <li>
          <ContactLink view={view} id={id} />
        </li>
      ))}
      {ids.length > MOST_NAMED ? <li>{view.tell('event.andMore', { count: ids.length - MOST_NAMED })}</li> : null}
    </ul>
  </>
);

export const nameOf = ({ tell }: Pick<View, 'tell'>, action: TakenAction) => tell(`event.${action}` as TextName);

interface ButtonsProps {
  view: View;
  record: EventRecord;
  actions: OperatorAction[];
  /** Something else comes first: a look at the CRM. */
  isSecond: boolean;
}

const Buttons = ({ view, record, actions, isSecond }: ButtonsProps) => (
  <form method="post" action={hrefOf(view, ['events', record.eventId, 'act'])} class="actions">
    {actions.map((action) => (
      <button type="submit" name="action" value={action} class={isSecond ? 'plain' : ''}>
        {nameOf(view, action)}
      </button>
    ))}
  </form>
);
