/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { EventRecord } from '../../ledger/event-record.ts';
import type { UndoPlan } from '../../ledger/undo-plans.ts';
import type { EventStory } from '../../merge/event-story.ts';
import type { TextName } from '../texts/texts.ts';
import { CannotList } from './undo.tsx';
import { UndoContacts } from './undo-contacts.tsx';
import { hrefOf, type View } from './view.ts';
import { ContactLink, Time, WholeId } from './words.tsx';

type Undone = NonNullable<EventRecord['undone']>;

/** What became of taking an event's merge back: who asked, what came back and what did not. Nothing where no one has. */
export function UndoneSection({ view, story }: { view: View; story: EventStory }) {
  const { record, undoPlans } = story;
  const { undone, undos } = record;
  if (undos === undefined) return null;
  const plan = undoPlans.find(({ number }) => number === (undone?.plan ?? record.undo ?? undos));
  const by = undone?.by ?? plan?.by ?? '';
  return (
    <section id="undo">
      <h2>{view.tell('undo.section')}</h2>
      <p>
        {by === '' ? null : <strong>{view.tell(howItStands(record), { by })}</strong>}{' '}
        {undone ? <Time at={undone.at} /> : null}
      </p>
      {undone ? <CameBack view={view} undone={undone} /> : null}
      {plan ? <AsPlanned view={view} plan={plan} /> : <p class="none">{view.tell('undo.planExpired')}</p>}
    </section>
  );
}

function howItStands(record: EventRecord): TextName {
  if (record.undone) return 'undo.isOver';
  return record.undo === undefined ? 'undo.wasRefused' : 'undo.isUnderWay';
}

const CameBack = ({ view, undone: { returned = {}, kept = [] } }: { view: View; undone: Undone }) => (
  <ul>
    {Object.entries(returned).map(([contact, record]) => (
      <li>
        <ContactLink view={view} id={contact} /> {view.tell('undo.isBack')} <WholeId id={record} />
      </li>
    ))}
    {kept.map(({ contact, property }) => (
      <li>
        <ContactLink view={view} id={contact} /> <code>{property}</code> <small>{view.tell('undo.keptSince')}</small>
      </li>
    ))}
  </ul>
);

const AsPlanned = ({ view, plan: { contacts, cannot } }: { view: View; plan: UndoPlan }) => (
  <>
    {contacts ? (
      <>
        <p class="soft">{view.tell('undo.asPlanned')}</p>
        <UndoContacts view={view} contacts={contacts} />
      </>
    ) : null}
    {cannot ? <CannotList view={view} cannot={cannot} /> : null}
  </>
);

/** The way to the plan of taking an event's merge back. */
export const UndoLink = ({ view, eventId }: { view: View; eventId: string }) => (
  <p class="actions">
    <a class="button" href={hrefOf(view, ['events', eventId, 'undo'])}>
      {view.tell('undo.show')}
    </a>
  </p>
);
