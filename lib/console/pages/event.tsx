/** @jsxRuntime automatic @jsxImportSource hono/jsx */

import type { MergeEvent } from '../../event.ts';
import type { EventRecord } from '../../ledger/event-record.ts';
import { EVENT_STATES } from '../../ledger/event-states.ts';
import type { EventStory } from '../../merge/event-story.ts';
import { colon } from '../../sentence.ts';
import { checkRecord } from '../../undo/check-ledger.ts';
import { reasonTodo } from '../texts/reason-sentences.ts';
import type { TextName } from '../texts/texts.ts';
import { Actions } from './event-actions.tsx';
import { FieldDecisions } from './field-decisions.tsx';
import { Frame } from './frame.tsx';
import { Timeline } from './timeline.tsx';
import { UndoLink, UndoneSection } from './undone.tsx';
import { ValuesTable } from './values-table.tsx';
import type { View } from './view.ts';
import { ContactLink, Reason, RecordLink, Sentence, StateBadge, Time, WholeId } from './words.tsx';

interface EventProps {
  view: View;
  story: EventStory;
  /** What each contact has become, by id. */
  roots: Map<string, string>;
  /** Personal data may be shown: it was asked for. */
  showsValues: boolean;
  /** What came of an action that was just asked for. */
  did: string | undefined;
}

export function EventPage({ view, story, roots, showsValues, did }: EventProps) {
  const { tell } = view;
  const { record, event, plans } = story;
  return (
    <Frame view={view} title={tell('frame.event')} here="events">
      <Head view={view} record={record} did={did} />
      <Actions view={view} record={record} todo={record.reason ? reasonTodo(record.reason, view) : ''} />
      <section>
        <h2>{tell('event.who')}</h2>
        {event ? (
          <Who view={view} event={event} roots={roots} record={survivorRecord(story)} />
        ) : (
          <NoContacts {...{ view, story }} />
        )}
      </section>
      <section id="values">
        <h2>{tell('event.values')}</h2>
        <ValuesTable view={view} story={story} isShown={showsValues} />
      </section>
      <section>
        <h2>{tell('event.timeline')}</h2>
        <Timeline view={view} story={story} />
      </section>
      <UndoneSection view={view} story={story} />
      {mayUndo(view, record) ? <UndoLink view={view} eventId={record.eventId} /> : null}
      <section>
        <h2>{tell('event.fields')}</h2>
        <FieldDecisions view={view} plan={plans.at(-1)} />
      </section>
    </Frame>
  );
}

const mayUndo = ({ options }: View, record: EventRecord): boolean =>
  options.allowActions && options.deployment.tenantCrm !== undefined && checkRecord(record) === undefined;

const Head = ({ view, record, did }: { view: View; record: EventRecord; did: string | undefined }) => (
  <>
    {did === undefined ? null : (
      <p class="did" role="status">
        {view.tell(`event.did-${did}` as TextName)}
      </p>
    )}
    <h1>
      <StateBadge view={view} state={record.state} /> <Time at={record.receivedAt} />
    </h1>
    <p>
      <Sentence
        view={view}
        text={`${EVENT_STATES[record.state].means[view.language]}${record.reason ? colon(view.language) : ''}`}
      />
      <Reason view={view} record={record} />
    </p>
    <p class="soft">
      {view.tell('frame.event')} <WholeId id={record.eventId} />
    </p>
  </>
);

function survivorRecord({ record, plans }: EventStory): string | undefined {
  const progress = 'progress' in record ? record.progress : undefined;
  return progress?.survivorRecord ?? plans.at(-1)?.survivorRecord;
}

function noContactsText({ kind, erased }: EventRecord): TextName {
  if (kind === 'other') return 'event.notAMerge';
  return erased ? 'event.valuesErased' : 'event.noContacts';
}

const NoContacts = ({ view, story }: { view: View; story: EventStory }) => (
  <p class="none">{view.tell(noContactsText(story.record))}</p>
);

interface WhoProps {
  view: View;
  event: MergeEvent;
  roots: Map<string, string>;
  record: string | undefined;
}

const MOST_NAMED = 20;

function Who({ view, event, roots, record }: WhoProps) {
  const { tell } = view;
  const { loserIds, survivorId } = event;
  const root = roots.get(survivorId) ?? survivorId;
  return (
    <div class="who">
      <ul>
        {loserIds.slice(0, MOST_NAMED).map((id) => (
          <li>
            <ContactLink view={view} id={id} /> <small>{tell('frame.loser')}</small>
          </li>
        ))}
        {loserIds.length > MOST_NAMED ? (
          <li>{tell('event.andMore', { count: loserIds.length - MOST_NAMED })}</li>
        ) : null}
      </ul>
      <p class="arrow">
        <span aria-hidden="true">→</span>
        <span class="sr">{tell('event.into')}</span>
      </p>
      <div>
        <ContactLink view={view} id={survivorId} /> <small>{tell('frame.survivor')}</small>
        <RecordLink view={view} record={record} contact={root} />
        {root === survivorId ? null : (
          <p class="soft">
            {tell('event.isNow', { contact: '' })} <ContactLink view={view} id={root} />
          </p>
        )}
      </div>
    </div>
  );
}
