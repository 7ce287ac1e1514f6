/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import { ALL_STATES, EVENT_STATES } from '../../ledger/event-states.ts';
import { REASONS } from '../../ledger/reason-table.ts';
import { type Reason, reasonName } from '../../ledger/reasons.ts';
import { localTime } from '../../local-time.ts';
import { comma } from '../../sentence.ts';
import { cursorOf, OPEN_STATES, type Unreadable } from '../read/address.ts';
import type { EventFilter, EventPage } from '../read/find-events.ts';
import { inPageWords } from '../texts/page-words.ts';
import { reasonMeaning } from '../texts/reason-sentences.ts';
import type { TextName } from '../texts/texts.ts';
import { EventList } from './event-list.tsx';
import { Frame } from './frame.tsx';
import { addressWith, hrefOf, type View } from './view.ts';

interface EventsProps {
  view: View;
  filter: EventFilter;
  unreadable: Unreadable[];
  page: EventPage;
  isFirst: boolean;
}

export function EventsPage({ view, filter, unreadable, page, isFirst }: EventsProps) {
  const { tell } = view;
  const last = page.next;
  return (
    <Frame view={view} title={tell('frame.events')} here="events">
      <h1>{tell('frame.events')}</h1>
      <Filters view={view} filter={filter} />
      {unreadable.length > 0 ? <p class="warn">{unreadableText(view, unreadable)}</p> : null}
      {filter.contact === undefined ? null : <p class="soft">{tell('events.contactNote')}</p>}
      <EventList view={view} records={page.records} />
      {page.isCutShort && last ? <p class="soft">{tell('events.cutShort', { time: localTime(last.at) })}</p> : null}
      <p class="pages">
        {isFirst ? null : <a href={addressWith(view.address, { after: '' })}>{tell('events.newest')}</a>}
        {last ? (
          <a class="button" rel="next" href={addressWith(view.address, { after: cursorOf(last) })}>
            {tell('events.older')}
          </a>
        ) : null}
        {page.records.length > 0 ? <a href={csvAddress(view)}>{tell('events.csv')}</a> : null}
      </p>
    </Frame>
  );
}

const LABELS = {
  state: 'frame.state',
  reason: 'frame.reason',
  since: 'events.from',
  until: 'events.to',
  after: 'events.place',
} as const satisfies Record<Unreadable['name'], TextName>;
const MOST_QUOTED = 60;

function unreadableText({ tell, language }: View, parts: Unreadable[]): string {
  const named = parts.map(({ name, text }) => `${tell(LABELS[name])} “${text.slice(0, MOST_QUOTED)}”`);
  return tell('events.unreadable', { parts: named.join(comma(language)) });
}

const csvAddress = (view: View) => view.address.replace(/\/events(\?|$)/, '/events.csv$1');

const ONLY = [OPEN_STATES, 'parked,held'];

function Filters({ view, filter }: { view: View; filter: EventFilter }) {
  const { tell, language } = view;
  const state = filter.states.join(',');
  const name = filter.reason === undefined ? '' : reasonName(filter.reason as Reason);
  return (
    <form class="filters" action={hrefOf(view, ['events'])}>
      <label>
        {tell('frame.state')}
        <select name="state">
          <option value="">{tell('events.allStates')}</option>
          {[...ALL_STATES, ...ONLY].map((one) => (
            <option value={one} selected={one === state}>
              {one
                .split(',')
                .map((part) => EVENT_STATES[part as (typeof ALL_STATES)[number]].name[language])
                .join(' / ')}
            </option>
          ))}
        </select>
      </label>
      <label>
        {tell('frame.reason')}
        <select name="reason">
          <option value="">{tell('events.anyReason')}</option>
          {Object.keys(REASONS).map((one) => (
            <option value={one} selected={one === name}>
              {inPageWords(reasonMeaning(one, view), view.language).replaceAll('`', '')}
            </option>
          ))}
        </select>
      </label>
      <Moment label={tell('events.from')} name="since" at={filter.since} />
      <Moment
        label={tell('events.to')}
        name="until"
        at={filter.until === undefined ? undefined : filter.until - 60_000}
      />
      <label>
        {tell('events.contactId')}
        <input name="contact" value={filter.contact ?? ''} />
      </label>
      <button type="submit">{tell('events.filter')}</button>
      <a href={hrefOf(view, ['events'])}>{tell('events.clear')}</a>
    </form>
  );
}

const Moment = ({ label, name, at }: { label: string; name: string; at: number | undefined }) => (
  <label>
    {label}
    <input
      type="datetime-local"
      name={name}
      value={at === undefined ? '' : localTime(at).slice(0, 16).replace(' ', 'T')}
    />
  </label>
);
