/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { Contact } from '../../ledger/contacts.ts';
import { comma } from '../../sentence.ts';
import { type Drawn, layOut } from '../picture/lay-out-tree.ts';
import { TreePicture, unfoldAddress } from '../picture/tree-picture.tsx';
import type { ContactTree } from '../read/contact-tree.ts';
import { Frame } from './frame.tsx';
import { addressWith, hrefOf, type View } from './view.ts';
import { ContactLink, EventLink, RecordLink, Time, WholeId } from './words.tsx';

interface ContactProps {
  view: View;
  contactId: string;
  tree: ContactTree;
  /** Contacts whose losers are all shown; `*`: those of every one. */
  open: string[];
}

export function ContactPage({ view, contactId, tree, open }: ContactProps) {
  const { tell } = view;
  const { root, way, isKnown } = tree;
  return (
    <Frame view={view} title={tell('frame.contact')}>
      <h1>{tell('contact.whoNow')}</h1>
      <p class="soft">
        {tell('frame.contact')} <WholeId id={contactId} />
      </p>
      {isKnown ? <Now view={view} tree={tree} /> : <p class="none">{tell('contact.unknown')}</p>}
      {way.length > 2 ? <Way view={view} way={way} /> : null}
      <Separations view={view} contact={tree.survivor} />
      <p>
        <a href={hrefOf(view, ['events'], { contact: contactId })}>{tell('contact.itsEvents')}</a>
      </p>
      <section id="tree">
        <h2>{tell('contact.tree')}</h2>
        {root.losers.length === 0 ? (
          <p class="none">{tell('contact.alone')}</p>
        ) : (
          <Tree {...{ view, contactId, tree, open }} />
        )}
      </section>
    </Frame>
  );
}

function Now({ view, tree: { way, asked, survivor } }: { view: View; tree: ContactTree }) {
  const { tell } = view;
  const now = way.at(-1) ?? '';
  return (
    <article class="todo plain">
      <p>{tell(way.length > 1 ? 'contact.mergedInto' : 'contact.itself')}</p>
      {way.length > 1 ? (
        <p>
          <strong>
            <ContactLink view={view} id={now} whole />
          </strong>
        </p>
      ) : null}
      {asked.mergedBy === undefined ? null : (
        <p>
          {tell('contact.because')} <EventLink view={view} id={asked.mergedBy} />{' '}
          {asked.mergedAt ? <Time at={asked.mergedAt} /> : null}
        </p>
      )}
      <p>
        <RecordLink view={view} record={survivor.recordId} contact={now} />
      </p>
      {survivor.lockedBy ? (
        <p>
          {tell('contact.locked')} <EventLink view={view} id={survivor.lockedBy.event} />
        </p>
      ) : null}
    </article>
  );
}

const MOST_SEPARATIONS = 20;

/** Whom an operator has separated it from by taking merges back, the latest first. */
function Separations({ view, contact: { undone = [] } }: { view: View; contact: Contact }) {
  const { tell } = view;
  if (undone.length === 0) return null;
  return (
    <section id="separated">
      <p>{tell('undo.separated')}</p>
      <ul>
        {undone
          .slice(-MOST_SEPARATIONS)
          .reverse()
          .map(({ with: other, by, at, event }) => (
            <li>
              <ContactLink view={view} id={other} />
              {comma(view.language)}
              {by}
              {comma(view.language)}
              <Time at={at} /> <EventLink view={view} id={event} />
            </li>
          ))}
      </ul>
      <p class="soft">{tell('undo.separatedNote')}</p>
    </section>
  );
}

const Way = ({ view, way }: { view: View; way: string[] }) => (
  <p class="way">
    {view.tell('contact.way')}:{' '}
    {way.map((id, index) => (
      <>
        {index > 0 ? ' → ' : ''}
        <ContactLink view={view} id={id} />
      </>
    ))}
  </p>
);

function Tree({ view, contactId, tree, open }: ContactProps) {
  const { tell } = view;
  const isAll = open.includes('*');
  const layout = layOut(tree.root, open);
  const [root] = layout.nodes;
  return (
    <>
      <p class="soft">{tell('contact.treeHint', { count: tree.shown })}</p>
      {tree.isCut ? <p class="soft">{tell('contact.treeCut')}</p> : null}
      <p>
        <a href={`${addressWith(view.address, { open: isAll ? '' : '*' })}#tree`}>
          {tell(isAll ? 'contact.fold' : 'contact.unfoldAll')}
        </a>
      </p>
      <TreePicture view={view} layout={layout} asked={contactId} />
      <details>
        <summary>{tell('contact.asList')}</summary>
        {root ? <Branch view={view} contact={root.data} /> : null}
      </details>
    </>
  );
}

/** What the picture shows, as a list: the same branches are folded. */
const Branch = ({ view, contact }: { view: View; contact: Drawn }) => (
  <ul class="branch">
    {contact.children.map((loser) =>
      loser.more > 0 ? (
        <li>
          <a href={unfoldAddress(view, loser)}>{view.tell('contact.unfold', { count: loser.more })}</a>
        </li>
      ) : (
        <li>
          <ContactLink view={view} id={loser.id} /> {loser.mergedAt ? <Time at={loser.mergedAt} /> : null}{' '}
          {loser.mergedBy === undefined ? null : <EventLink view={view} id={loser.mergedBy} />}
          {loser.children.length > 0 ? <Branch view={view} contact={loser} /> : null}
        </li>
      ),
    )}
  </ul>
);
