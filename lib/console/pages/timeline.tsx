/** @jsxRuntime automatic @jsxImportSource hono/jsx */

import type { JournalEntry } from '../../ledger/journal.ts';
import type { Plan } from '../../ledger/plans.ts';
import { localTime } from '../../local-time.ts';
import type { EventStory } from '../../merge/event-story.ts';
import { colon, comma } from '../../sentence.ts';
import { type Moment, timelineOf } from '../read/timeline.ts';
import { callText, outcomeText } from '../texts/call-sentence.ts';
import { nameOf } from './event-actions.tsx';
import type { View } from './view.ts';
import { EventLink, StateBadge, Time } from './words.tsx';

/** What happened to an event, the first thing first. */
export const Timeline = ({ view, story }: { view: View; story: EventStory }) => (
  <ol class="timeline">
    {timelineOf(story).map((moment) => (
      <li class={moment.what} data-state={moment.what === 'now' ? moment.record.state : undefined}>
        <Time at={moment.at} /> <Happened view={view} moment={moment} />
      </li>
    ))}
  </ol>
);

function Happened({ view, moment }: { view: View; moment: Moment }) {
  const { tell } = view;
  if (moment.what === 'received')
    return (
      <div>
        {tell('event.received')} <p class="soft">{tell('event.repeats')}</p>
      </div>
    );
  if (moment.what === 'planned') return <Planned view={view} plan={moment.plan} />;
  if (moment.what === 'undo-planned') return <div>{tell('undo.planned', { by: moment.plan.by })}</div>;
  if (moment.what === 'called') return <Called view={view} call={moment.call} />;
  if (moment.what === 'operated') return <div>{operatedText(view, moment)}</div>;
  return <Standing view={view} moment={moment} />;
}

/** With a contact: an operator said which record it has, or that it has none. */
function operatedText(view: View, { by, action, contact, record }: Extract<Moment, { what: 'operated' }>): string {
  const { tell } = view;
  if (contact === undefined) return tell('event.operated', { by, action: nameOf(view, action) });
  return record === undefined
    ? tell('link.withoutRecord', { by, contact })
    : tell('link.linked', { by, contact, record });
}

function Planned({ view: { tell, language }, plan }: { view: View; plan: Plan }) {
  const count = plan.identities.absorbed.length;
  const fields = plan.decisions.filter(({ decision }) => decision === 'write').length;
  const merge = count === 1 ? tell('event.plannedMergeOne') : tell('event.plannedMerge', { count });
  const write = fields === 1 ? tell('event.plannedFieldOne') : tell('event.plannedFields', { count: fields });
  const what = plan.unknownInCrm ? tell('event.plannedUnknown') : count === 0 ? tell('event.plannedNothing') : merge;
  return (
    <div>{`${tell('event.planned')}${colon(language)}${[what, ...(fields > 0 ? [write] : [])].join(comma(language))}`}</div>
  );
}

function Called({ view, call }: { view: View; call: JournalEntry }) {
  const { tell, language } = view;
  const outcome = outcomeText(call, language);
  return (
    <div>
      {tell('event.asked', { call: callText(call, language) })}
      {call.attempt > 1 ? `${comma(language)}${tell('event.attempt', { number: call.attempt })}` : ''}
      {colon(language)}
      <strong>{tell('event.answered', { outcome, ms: call.answeredAt - call.at })}</strong>
    </div>
  );
}

function Standing({ view, moment: { record } }: { view: View; moment: Extract<Moment, { what: 'now' }> }) {
  const { tell } = view;
  return (
    <div>
      {tell('event.nowIt', { state: '' })} <StateBadge view={view} state={record.state} />
      {record.state === 'waiting' ? (
        <span> {tell('event.notBefore', { time: localTime(record.resumeAt) })}</span>
      ) : null}
      {record.state === 'waiting' && record.behind !== undefined ? (
        <span>
          {' '}
          {tell('event.behind')} <EventLink view={view} id={record.behind} />
        </span>
      ) : null}
    </div>
  );
}
