/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import { Frame } from './frame.tsx';
import type { View } from './view.ts';
import { EventLink, Sentence } from './words.tsx';

/** Why a merge is not taken back, and what to do. */
export const UndoRefusedPage = ({ view, eventId, text }: { view: View; eventId: string; text: string }) => (
  <Frame view={view} title={view.tell('undo.refused')} here="events" isStill>
    <h1>{view.tell('undo.refused')}</h1>
    <p class="soft">
      {view.tell('frame.event')} <EventLink view={view} id={eventId} />
    </p>
    <p class="warn">
      <Sentence view={view} text={text} />
    </p>
  </Frame>
);
