/** @jsxRuntime automatic @jsxImportSource hono/jsx */

import type { Candidate, Candidates } from '../../linking/candidates.ts';
import type { Asked } from '../../linking/confirm-candidate.ts';
import { colon, comma } from '../../sentence.ts';
import type { TextName } from '../texts/texts.ts';
import { Frame } from './frame.tsx';
import { addressWith, hrefOf, type View } from './view.ts';
import { ContactLink, EventLink, RecordLink, WholeId } from './words.tsx';

interface LinkProps {
  view: View;
  eventId: string;
  asked: Asked[];
  /** Personal data may be shown: it was asked for. */
  showsValues: boolean;
}

/** Which record each unknown contact of an event may be; a person confirms one, or says that there is none. */
export function LinkPage({ view, eventId, asked, showsValues }: LinkProps) {
  const { tell } = view;
  return (
    <Frame view={view} title={tell('link.title')} here="events" isStill>
      <h1>{tell('link.title')}</h1>
      <p class="soft">
        {tell('frame.event')} <EventLink view={view} id={eventId} />
      </p>
      <p class="warn">{tell('link.lookFirst')}</p>
      <p>
        <a class="button" href={addressWith(view.address, { values: showsValues ? '' : '1' })}>
          {tell(showsValues ? 'event.hideValues' : 'event.showValues')}
        </a>
      </p>
      {asked.map((one) => (
        <OneContact view={view} eventId={eventId} asked={one} showsValues={showsValues} />
      ))}
    </Frame>
  );
}

interface OneProps {
  view: View;
  eventId: string;
  asked: Asked;
  showsValues: boolean;
}

function OneContact({ view, eventId, asked: { contact, candidates }, showsValues }: OneProps) {
  const { tell } = view;
  return (
    <form method="post" action={hrefOf(view, ['events', eventId, 'link'])} class="todo plain">
      <input type="hidden" name="contact" value={contact} />
      <h2>
        {tell('frame.contact')} <ContactLink view={view} id={contact} whole />
      </h2>
      {candidates ? (
        <Records view={view} {...{ contact, candidates, showsValues }} />
      ) : (
        <p>{tell('link.nothingSaid')}</p>
      )}
      <p class="actions">
        <button type="submit" name="none" value="1" class="plain">
          {tell('link.none')}
        </button>
      </p>
    </form>
  );
}

interface RecordsProps {
  view: View;
  contact: string;
  candidates: Candidates;
  showsValues: boolean;
}

const Records = ({ view, contact, candidates: { records, isComplete }, showsValues }: RecordsProps) => (
  <>
    {records.length === 0 && isComplete ? <p class="none">{view.tell('link.noCandidate')}</p> : null}
    <ul class="candidates">
      {inOrder(records, contact).map((candidate) => (
        <OneRecord view={view} contact={contact} candidate={candidate} showsValues={showsValues} />
      ))}
    </ul>
    {isComplete ? null : <p class="soft">{view.tell('link.more')}</p>}
  </>
);

/** Those that it cannot be at the end. */
const inOrder = (records: Candidate[], contact: string) =>
  [...records].sort((a, b) => foreignIds(a, contact).length - foreignIds(b, contact).length);

const foreignIds = ({ contactIds }: Candidate, contact: string) => contactIds.filter((id) => id !== contact);

interface RecordProps {
  view: View;
  contact: string;
  candidate: Candidate;
  showsValues: boolean;
}

function OneRecord({ view, contact, candidate, showsValues }: RecordProps) {
  const { tell } = view;
  const { recordId, agrees, values } = candidate;
  const foreign = foreignIds(candidate, contact);
  return (
    <li>
      <p>
        {tell('link.record')} <WholeId id={recordId} /> <RecordLink view={view} record={recordId} />
      </p>
      <p>
        {tell('link.agrees', { keys: agrees.map((key) => tell(`link.${key}` as TextName)).join(comma(view.language)) })}
      </p>
      {foreign.map((id) => (
        <p class="warn">
          {tell('link.carries')} <WholeId id={id} />
        </p>
      ))}
      {Object.entries(values).map(([key, texts]) => (
        <p>
          {tell(`link.${key}` as TextName)}
          {colon(view.language)}
          {showsValues ? (
            <bdi>{texts.join(comma(view.language))}</bdi>
          ) : (
            <span class="hidden">{tell('event.hidden')}</span>
          )}
        </p>
      ))}
      {foreign.length === 0 ? (
        <button type="submit" name="record" value={recordId}>
          {tell('link.confirm', { record: recordId })}
        </button>
      ) : null}
    </li>
  );
}
