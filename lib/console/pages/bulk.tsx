/** @jsxRuntime automatic @jsxImportSource hono/jsx */

import type { BulkAction } from '../../ledger/bulk-actions.ts';
import type { WaitingGroup } from '../../ledger/what-waits.ts';
import { colon } from '../../sentence.ts';
import { countOfEvents } from '../texts/counts.ts';
import { reasonMeaning } from '../texts/reason-sentences.ts';
import { nameOf } from './event-actions.tsx';
import { Frame } from './frame.tsx';
import { Scroll } from './scroll.tsx';
import { hrefOf, type View } from './view.ts';
import { ListBadge, listName, Sentence, Time } from './words.tsx';

interface BulkProps {
  view: View;
  groups: WaitingGroup[];
  past: BulkAction[];
  /** What the plan had counted, and what fits now, where that is no longer the same. */
  changed: { planned: number; now: number } | undefined;
}

export function BulkPage({ view, groups, past, changed }: BulkProps) {
  const { tell, options } = view;
  return (
    <Frame view={view} title={tell('frame.bulk')} here="bulk">
      <h1>{tell('frame.bulk')}</h1>
      {changed === undefined ? null : <p class="warn">{tell('bulk.changed', changed)}</p>}
      <section>
        <h2>{tell('bulk.start')}</h2>
        <p class="soft">{options.allowActions ? tell('bulk.how') : tell('frame.refusedAction')}</p>
        {groups.length === 0 ? <p class="well">✓ {tell('overview.allWell')}</p> : null}
        {groups.map((group) => (
          <Group view={view} group={group} />
        ))}
      </section>
      <section>
        <h2>{tell('bulk.past')}</h2>
        <Past view={view} past={past} />
      </section>
    </Frame>
  );
}

function Group({ view, group: { list, reason, count } }: { view: View; group: WaitingGroup }) {
  const { tell, options } = view;
  const action = list === 'held' ? 'release' : 'replay';
  const how = list === 'unlinked' || list === 'observed' ? tell(`bulk.${list}How`) : reasonMeaning(reason, view);
  return (
    <form method="post" action={hrefOf(view, ['bulk', 'plan'])} class="todo">
      <input type="hidden" name="list" value={list} />
      <input type="hidden" name="reason" value={reason} />
      <p>
        <ListBadge view={view} list={list} /> <strong>{countOfEvents(count, view.tell)}</strong>
      </p>
      <p>
        <Sentence view={view} text={how} />
      </p>
      {options.allowActions ? (
        <button type="submit" name="action" value={action}>
          {nameOf(view, action)}
          {colon(view.language)}
          {tell('events.plan')}
        </button>
      ) : null}
    </form>
  );
}

function Past({ view, past }: { view: View; past: BulkAction[] }) {
  const { tell } = view;
  if (past.length === 0) return <p class="none">{tell('bulk.noPast')}</p>;
  return (
    <Scroll label={tell('bulk.past')}>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">{tell('frame.time')}</th>
            <th scope="col">{tell('bulk.by')}</th>
            <th scope="col">{tell('bulk.action')}</th>
            <th scope="col">{tell('frame.reason')}</th>
            <th scope="col">{tell('bulk.progress')}</th>
          </tr>
        </thead>
        <tbody>
          {past.map((bulk) => (
            <tr>
              <td>
                <Time at={bulk.startedAt} />
              </td>
              <td>
                <bdi>{bulk.by}</bdi>
              </td>
              <td>{nameOf(view, bulk.action)}</td>
              <td>
                <Chosen view={view} bulk={bulk} />
              </td>
              <td>
                <Progress view={view} bulk={bulk} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** Which events it was for. */
function Chosen({ view, bulk: { list, reason } }: { view: View; bulk: BulkAction }) {
  if (reason) return <Sentence view={view} text={reasonMeaning(reason, view)} />;
  if (list === undefined) return view.tell('bulk.byHand');
  return view.tell('bulk.allOf', { list: listName(view, list) });
}

const STOPPED_MS = 120_000;

/** How far a bulk action has come; one that has not moved for two minutes has ended with its console. */
function Progress({ view, bulk }: { view: View; bulk: BulkAction }) {
  const { tell, now } = view;
  const { total, queued, refused, finishedAt, updatedAt } = bulk;
  if (finishedAt !== undefined) return <span>{tell('bulk.finished', { queued, refused })}</span>;
  const done = queued + refused;
  return (
    <span>
      <progress max={total} value={done} aria-label={tell('bulk.progress')} />{' '}
      {tell('bulk.progressOf', { done, total })}, {tell(now - updatedAt > STOPPED_MS ? 'bulk.stopped' : 'bulk.running')}
    </span>
  );
}
