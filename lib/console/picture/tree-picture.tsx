/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { HierarchyPointNode } from 'd3-hierarchy';
import { linkHorizontal } from 'd3-shape';
import { localTime } from '../../local-time.ts';
import { Scroll } from '../pages/scroll.tsx';
import { addressWith, hrefOf, type View } from '../pages/view.ts';
import { shortId } from '../pages/words.tsx';
import type { Drawn, TreeLayout } from './lay-out-tree.ts';

interface PictureProps {
  view: View;
  layout: TreeLayout;
  /** The contact that was asked for: it is marked. */
  asked: string;
}

const MARGIN = 14;
const LABEL = 330;

/** The merge tree as a picture: the survivor at the left, each contact in a line of its own. Works without a script. */
export function TreePicture({ view, layout: { nodes, links, width, height }, asked }: PictureProps) {
  const curve = linkHorizontal<unknown, HierarchyPointNode<Drawn>>()
    .x(({ y }) => y)
    .y(({ x }) => x);
  return (
    <Scroll class="tree" label={view.tell('contact.tree')}>
      {/* biome-ignore lint/a11y/useSemanticElements: an image would hide its links. */}
      <svg
        width={width + LABEL + 2 * MARGIN}
        height={height + 2 * MARGIN}
        viewBox={`${-MARGIN} ${-MARGIN} ${width + LABEL + 2 * MARGIN} ${height + 2 * MARGIN}`}
        role="group"
        aria-label={view.tell('contact.tree')}
      >
        {links.map((link) => (
          <path class="link" d={curve(link) ?? ''} />
        ))}
        {nodes.map((node) => (
          <Node view={view} node={node} isAsked={node.data.id === asked} />
        ))}
      </svg>
    </Scroll>
  );
}

function Node({ view, node, isAsked }: { view: View; node: HierarchyPointNode<Drawn>; isAsked: boolean }) {
  const { id, more, mergedAt, mergedBy } = node.data;
  const at = `translate(${node.y} ${node.x})`;
  if (more > 0)
    return (
      <g class="more" transform={at}>
        <a href={unfoldAddress(view, node.data)}>
          <text x="10" dy="4">
            {view.tell('contact.unfold', { count: more })}
          </text>
        </a>
      </g>
    );
  return (
    <g class={isAsked ? 'node asked' : 'node'} transform={at}>
      <circle r={node.depth === 0 ? 6 : 4} />
      <a href={hrefOf(view, ['contacts', id])}>
        <text x="10" dy="4">
          <title>{id}</title>
          {shortId(id)}
        </text>
      </a>
      {mergedBy === undefined ? null : (
        <a href={hrefOf(view, ['events', mergedBy])}>
          <text class="when" x="96" dy="4">
            {mergedAt ? localTime(mergedAt).slice(0, 16) : ''} · {view.tell('frame.event')} {shortId(mergedBy)}
          </text>
        </a>
      )}
    </g>
  );
}

/** The same page with a folded branch unfolded. */
export const unfoldAddress = (view: View, { opens }: Drawn): string =>
  `${addressWith(view.address, { open: opens })}#tree`;
