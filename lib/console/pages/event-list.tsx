/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { EventRecord } from '../../ledger/event-record.ts';
import type { OperatorAction } from '../../ledger/event-states.ts';
import { usefulActions } from '../../recovery/operator-actions.ts';
import { nameOf } from './event-actions.tsx';
import { Scroll } from './scroll.tsx';
import { hrefOf, type View } from './view.ts';
import { EventLink, Reason, StateBadge, shortId, Time } from './words.tsx';

/** A table of events; where actions are allowed, each that allows one can be chosen. */
export function EventList({ view, records }: { view: View; records: EventRecord[] }) {
  const { tell, options } = view;
  if (records.length === 0) return <p class="none">{tell('events.none')}</p>;
  const choosable = options.allowActions ? actionsOf(records) : [];
  return (
    <form method="post" action={hrefOf(view, ['bulk', 'plan'])}>
      <Scroll label={tell('frame.events')}>
        <table class="list">
          <thead>
            <tr>
              {choosable.length > 0 ? <td /> : null}
              <th scope="col">{tell('frame.time')}</th>
              <th scope="col">{tell('frame.event')}</th>
              <th scope="col">{tell('frame.state')}</th>
              <th scope="col">{tell('frame.reason')}</th>
            </tr>
          </thead>
          <tbody>
            {records.map((record) => (
              <Row view={view} record={record} isChoosable={choosable.length > 0} />
            ))}
          </tbody>
        </table>
      </Scroll>
      {choosable.length > 0 ? <Choose view={view} actions={choosable} /> : null}
    </form>
  );
}

const actionsOf = (records: EventRecord[]) => [...new Set(records.flatMap(usefulActions))];

function Row({ view, record, isChoosable }: { view: View; record: EventRecord; isChoosable: boolean }) {
  const label = view.tell('events.chooseOne', { id: shortId(record.eventId) });
  return (
    <tr>
      {isChoosable ? (
        <td>
          {usefulActions(record).length > 0 ? (
            <input type="checkbox" name="id" value={record.eventId} aria-label={label} />
          ) : null}
        </td>
      ) : null}
      <td>
        <Time at={record.receivedAt} />
      </td>
      <td>
        <EventLink view={view} id={record.eventId} />
      </td>
      <td>
        <StateBadge view={view} state={record.state} />
      </td>
      <td>
        <Reason view={view} record={record} />
      </td>
    </tr>
  );
}

const Choose = ({ view, actions }: { view: View; actions: OperatorAction[] }) => (
  <p class="choose">
    <label>
      {view.tell('events.chosen')}{' '}
      <select name="action">
        {actions.map((action) => (
          <option value={action}>{nameOf(view, action)}</option>
        ))}
      </select>
    </label>{' '}
    <button type="submit">{view.tell('events.plan')}</button>
  </p>
);
