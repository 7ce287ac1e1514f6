/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { TextName } from '../texts/texts.ts';
import { Frame } from './frame.tsx';
import type { View } from './view.ts';

interface ProblemProps {
  view: View;
  title: TextName;
  text: TextName;
  values?: Record<string, string>;
  /** What the cause is called, for whom that helps. */
  detail?: string;
  /** It was to change something, and may have, in part. */
  isHalfDone?: boolean;
}

/** A page that says what is wrong and what to do; it tries again by itself. */
export const ProblemPage = ({ view, title, text, values, detail, isHalfDone = false }: ProblemProps) => (
  <Frame view={view} title={view.tell(title)} isStill={isHalfDone}>
    <h1>{view.tell(title)}</h1>
    <p class="warn">{view.tell(text, values)}</p>
    {isHalfDone ? <p>{view.tell('frame.halfDone')}</p> : null}
    {detail === undefined ? null : <p class="soft">{view.tell('frame.detail', { detail })}</p>}
  </Frame>
);
