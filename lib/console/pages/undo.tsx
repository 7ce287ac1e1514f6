/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { Sentence } from '../../sentence.ts';
import type { UndoProposal } from '../../undo/prepare-undo.ts';
import { proposalDigest } from '../../undo/proposal-digest.ts';
import { Frame } from './frame.tsx';
import { UndoContacts } from './undo-contacts.tsx';
import { addressWith, hrefOf, type View } from './view.ts';
import { ContactLink, EventLink } from './words.tsx';

/** Why a plan that was confirmed was not carried out, and is shown again. */
export type NotDone = 'wrongId' | 'changed';

interface UndoProps {
  view: View;
  proposal: UndoProposal;
  showsValues: boolean;
  notDone: NotDone | undefined;
}

/** What taking a merge back would do. It is done once the survivor's id is typed. */
export function UndoPage({ view, proposal, showsValues, notDone }: UndoProps) {
  const { tell } = view;
  const { eventId, contacts, cannot, repeatedBy } = proposal;
  const hasFields = contacts.some(({ fields }) => fields.length > 0);
  return (
    <Frame view={view} title={tell('undo.title')} here="events" isStill>
      <h1>{tell('undo.title')}</h1>
      {notDone === undefined ? null : (
        <p class="did" role="alert">
          {tell(`undo.${notDone}`)}
        </p>
      )}
      <p class="soft">
        {tell('frame.event')} <EventLink view={view} id={eventId} />
      </p>
      <p class="warn">{tell('undo.planNote')}</p>
      {hasFields ? (
        <p>
          <a class="button" href={addressWith(view.address, { values: showsValues ? '' : '1', said: '' })}>
            {tell(showsValues ? 'event.hideValues' : 'event.showValues')}
          </a>
        </p>
      ) : null}
      <UndoContacts
        view={view}
        contacts={contacts}
        {...(hasFields && { values: showsValues ? ('shown' as const) : ('hidden' as const) })}
      />
      <CannotList view={view} cannot={cannot} />
      {repeatedBy.length > 0 ? <Repeated view={view} events={repeatedBy} /> : null}
      <p>{tell('undo.later')}</p>
      <Confirm view={view} proposal={proposal} />
    </Frame>
  );
}

export const CannotList = ({ view, cannot }: { view: View; cannot: readonly Sentence[] }) => (
  <>
    <h2>{view.tell('undo.cannot')}</h2>
    <ul>
      {cannot.map((sentence) => (
        <li>{sentence[view.language]}</li>
      ))}
    </ul>
  </>
);

const Repeated = ({ view, events }: { view: View; events: string[] }) => (
  <>
    <p>{view.tell('undo.repeatedBy')}</p>
    <ul>
      {events.map((id) => (
        <li>
          <EventLink view={view} id={id} />
        </li>
      ))}
    </ul>
  </>
);

function Confirm({ view, proposal }: { view: View; proposal: UndoProposal }) {
  const { tell } = view;
  const { survivor } = proposal.plan;
  return (
    <form method="post" action={hrefOf(view, ['events', proposal.eventId, 'undo'])} class="may" autocomplete="off">
      <input type="hidden" name="plan" value={proposalDigest(proposal)} />
      <p>
        <label for="confirm">{tell('undo.confirm')}</label> <ContactLink view={view} id={survivor} whole />
      </p>
      <p class="actions">
        <input type="text" id="confirm" name="confirm" required spellcheck={false} autocapitalize="off" />
        <button type="submit">{tell('undo.run')}</button>
        <a href={hrefOf(view, ['events', proposal.eventId])}>{tell('undo.leave')}</a>
      </p>
    </form>
  );
}
