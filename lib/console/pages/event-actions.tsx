/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { EventRecord } from '../../ledger/event-record.ts';
import type { OperatorAction } from '../../ledger/event-states.ts';
import { usefulActions } from '../../recovery/operator-actions.ts';
import type { TextName } from '../texts/texts.ts';
import { hrefOf, type View } from './view.ts';
import { Sentence } from './words.tsx';

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
  if (actions.length === 0 && !asks) return <p class="well">{tell('event.mayNothing')}</p>;
  return (
    <section class="may">
      <h2>{tell('event.may')}</h2>
      {asks ? (
        <p>
          <Sentence text={todo} />
        </p>
      ) : null}
      {actions.some(isSettling) ? <p class="warn">{tell('event.lookFirst')}</p> : null}
      {record.reason === 'unknown-in-crm' ? <p>{tell('event.link')}</p> : null}
      {actions.length > 0 && !options.allowActions ? (
        <p class="soft">{tell('event.mayOnlyWith', { actions: actions.map((one) => nameOf(view, one)).join(', ') })}</p>
      ) : null}
      {options.allowActions ? <Buttons view={view} record={record} actions={actions} /> : null}
    </section>
  );
}

const isSettling = (action: OperatorAction) => action === 'settle-done' || action === 'settle-not-done';

export const nameOf = ({ tell }: Pick<View, 'tell'>, action: OperatorAction) => tell(`event.${action}` as TextName);

const Buttons = ({ view, record, actions }: { view: View; record: EventRecord; actions: OperatorAction[] }) => (
  <form method="post" action={hrefOf(view, ['events', record.eventId, 'act'])} class="actions">
    {actions.map((action) => (
      <button type="submit" name="action" value={action} class={isSettling(action) ? 'plain' : ''}>
        {nameOf(view, action)}
      </button>
    ))}
  </form>
);
