/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx';

interface ScrollProps {
  /** What is in it, for those who hear the page. */
  label: string;
  class?: string;
  children?: Child;
}

/** What may be wider than the page: it scrolls by itself. It takes the focus, for the arrow keys scroll what has it. */
export const Scroll = ({ label, class: more, children }: ScrollProps) => (
  <section class={more ? `scroll ${more}` : 'scroll'} tabindex={0} aria-label={label}>
    {children}
  </section>
);
