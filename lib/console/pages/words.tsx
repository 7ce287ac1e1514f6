/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { EventRecord } from '../../ledger/event-record.ts';
import { EVENT_STATES, type EventList, type EventState } from '../../ledger/event-states.ts';
import type { WaitingList } from '../../ledger/what-waits.ts';
import { localTime } from '../../local-time.ts';
import { inPageWords } from '../texts/page-words.ts';
import { reasonMeaning } from '../texts/reason-sentences.ts';
import { hrefOf, recordAddress, type View } from './view.ts';

const SHORT = 8;
const LONGEST_WHOLE = 14;

/** Enough of an id to tell it from others; the whole one on demand. */
export const shortId = (id: string): string => (id.length > LONGEST_WHOLE ? `${id.slice(0, SHORT)}…` : id);

export const Id = ({ id }: { id: string }) => (
  <code class="id" title={id}>
    <bdi>{shortId(id)}</bdi>
  </code>
);

export const WholeId = ({ id }: { id: string }) => (
  <code class="id whole">
    <bdi>{id}</bdi>
  </code>
);

export const EventLink = ({ view, id }: { view: View; id: string }) => (
  <a href={hrefOf(view, ['events', id])}>
    <Id id={id} />
  </a>
);

export const ContactLink = ({ view, id, whole }: { view: View; id: string; whole?: boolean }) => (
  <a href={hrefOf(view, ['contacts', id])}>{whole ? <WholeId id={id} /> : <Id id={id} />}</a>
);

/** A link to the record in the CRM, where its address is known. */
export function RecordLink({
  view,
  record,
  contact,
}: {
  view: View;
  record?: string | undefined;
  contact?: string | undefined;
}) {
  const address = recordAddress(view, { record, contact });
  if (address === undefined) return null;
  return (
    <a class="out" href={address} rel="noreferrer noopener" target="_blank">
      {view.tell('frame.inCrm')} ↗
    </a>
  );
}

/** `2026-11-27 03:00:40`, in the zone of this machine; the zone on demand. */
export function Time({ at }: { at: number }) {
  const whole = localTime(at);
  return (
    <time datetime={new Date(at).toISOString()} title={whole}>
      {whole.slice(0, 19)}
    </time>
  );
}

export const StateBadge = ({ view, state }: { view: View; state: EventState }) => (
  <span class={`state ${state}`}>{EVENT_STATES[state].name[view.language]}</span>
);

/** What a list of events is called. */
export function listName({ tell, language }: View, list: EventList): string {
  if (list === 'unlinked' || list === 'observed') return tell(`bulk.${list}`);
  return list === 'open' ? tell('overview.backlog') : EVENT_STATES[list].name[language];
}

/** A list that waits for a person, by the state of its events or by what is left to do about them. */
export function ListBadge({ view, list }: { view: View; list: WaitingList }) {
  if (list === 'parked' || list === 'held') return <StateBadge view={view} state={list} />;
  return <span class="state skipped">{listName(view, list)}</span>;
}

/** A sentence of the ledger's tables in the words of the pages; what still stands in `…` is code. */
export const Sentence = ({ view, text }: { view: View; text: string }) => (
  <>
    {inPageWords(text, view.language)
      .split('`')
      .map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}
  </>
);

export const Reason = ({ view, record }: { view: View; record: EventRecord }) =>
  record.reason === undefined ? null : (
    <span class="reason" title={record.reason}>
      <Sentence view={view} text={reasonMeaning(record.reason, view)} />
    </span>
  );
