/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { EventRecord } from '../../ledger/event-record.ts';
import type { BulkPlan, Choice } from '../bulk/choose-events.ts';
import { countOfEvents } from '../texts/counts.ts';
import { reasonMeaning } from '../texts/reason-sentences.ts';
import { nameOf } from './event-actions.tsx';
import { EventList } from './event-list.tsx';
import { Frame } from './frame.tsx';
import { hrefOf, type View } from './view.ts';
import { Sentence } from './words.tsx';

interface PlanProps {
  view: View;
  choice: Choice;
  plan: BulkPlan;
}

const MOST_SHOWN = 20;

/** What a bulk action would do. Nothing has been done yet. */
export function BulkPlanPage({ view, choice, plan }: PlanProps) {
  const { tell } = view;
  const { action, possible, impossible, isCut } = plan;
  const count = possible.length;
  return (
    <Frame view={view} title={tell('bulk.planTitle')} here="bulk" isStill>
      <h1>{tell('bulk.planTitle')}</h1>
      <p>
        <strong>{tell('bulk.planCount', { events: countOfEvents(count, tell), action: nameOf(view, action) })}</strong>
      </p>
      {impossible.length > 0 ? (
        <p>{tell('bulk.planImpossible', { events: countOfEvents(impossible.length, tell) })}</p>
      ) : null}
      {isCut ? <p class="warn">{tell('bulk.planCut')}</p> : null}
      <p class="soft">{tell('bulk.planNote')}</p>
      <Reasons view={view} records={possible} />
      <form method="post" action={hrefOf(view, ['bulk', 'run'])} class="actions">
        <input type="hidden" name="action" value={action} />
        <input type="hidden" name="count" value={count} />
        <Chosen choice={choice} />
        {count > 0 ? <button type="submit">{tell('bulk.run', { events: countOfEvents(count, tell) })}</button> : null}
        <a href={hrefOf(view, ['bulk'])}>{tell('bulk.cancel')}</a>
      </form>
      <EventList
        view={{ ...view, options: { ...view.options, allowActions: false } }}
        records={possible.slice(0, MOST_SHOWN)}
      />
      {count > MOST_SHOWN ? <p class="soft">{tell('event.andMore', { count: count - MOST_SHOWN })}</p> : null}
    </Frame>
  );
}

function Reasons({ view, records }: { view: View; records: EventRecord[] }) {
  const counts = new Map<string, number>();
  for (const { reason = '' } of records) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  if (counts.size === 0) return null;
  return (
    <table class="list">
      <thead>
        <tr>
          <th scope="col">{view.tell('bulk.planReasons')}</th>
          <th scope="col">{view.tell('bulk.count')}</th>
        </tr>
      </thead>
      <tbody>
        {[...counts].map(([reason, count]) => (
          <tr>
            <td>
              <Sentence view={view} text={reasonMeaning(reason, view)} />
            </td>
            <td>{count}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Chosen({ choice }: { choice: Choice }) {
  if ('ids' in choice)
    return (
      <>
        {choice.ids.map((id) => (
          <input type="hidden" name="id" value={id} />
        ))}
      </>
    );
  return (
    <>
      <input type="hidden" name="list" value={choice.list} />
      <input type="hidden" name="reason" value={choice.reason} />
    </>
  );
}
