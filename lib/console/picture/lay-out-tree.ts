import { type HierarchyPointNode, hierarchy, tree } from 'd3-hierarchy';
import type { TreeContact } from '../read/contact-tree.ts';

/** A node of the picture: a contact, or the losers of one that are folded away. */
export interface Drawn {
  id: string;
  mergedBy?: string;
  mergedAt?: number;
  /** Folded contacts that this node stands for; 0 for a contact. */
  more: number;
  /** What the address says of opened branches once these are unfolded. */
  opens: string;
  children: Drawn[];
}

export interface TreeLayout {
  /** x is the line, y the distance from the survivor: the tree lies on its side. */
  nodes: HierarchyPointNode<Drawn>[];
  links: { source: HierarchyPointNode<Drawn>; target: HierarchyPointNode<Drawn> }[];
  width: number;
  height: number;
}

const ROW = 26;
/** A contact with more losers than this is folded. */
const UNFOLDED = 12;
const MAX_DEPTH = 6;

/** Places every contact in a line of its own, so that a thousand stay readable. @param open contacts that are unfolded */
export function layOut(root: TreeContact, open: string[]): TreeLayout {
  const laid = tree<Drawn>()(hierarchy(drawn(root, open, { depth: 0, folded: foldedFrom(root) })));
  const nodes: HierarchyPointNode<Drawn>[] = [];
  laid.eachBefore((node) => {
    node.x = ROW * nodes.length; // One line for each, in the order in which they are read.
    nodes.push(node);
  });
  const depth = Math.max(...nodes.map((node) => node.depth));
  const step = depth > MAX_DEPTH ? 28 : 40;
  for (const node of nodes) node.y = node.depth * step;
  return { nodes, links: laid.links(), width: depth * step, height: ROW * (nodes.length - 1) };
}

/** So many contacts are drawn before any branch is unfolded by hand. */
const MAX_AT_FIRST = 250;

/** The depth at which branches are folded, so that a large tree is a short page at first. */
function foldedFrom(root: TreeContact): number {
  let count = 1;
  let level = [root];
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    level = level.flatMap(({ losers }) => losers.slice(0, UNFOLDED));
    count += level.length;
    if (count > MAX_AT_FIRST) return Math.max(1, depth);
  }
  return MAX_DEPTH;
}

interface Place {
  depth: number;
  /** From this depth on branches are folded, unless they are opened. */
  folded: number;
}

function drawn(contact: TreeContact, open: string[], { depth, folded }: Place): Drawn {
  const { losers, hidden, ...facts } = contact;
  const isOpen =
    open.includes('*') || open.includes(contact.id) || (losers.length + hidden <= UNFOLDED && depth < folded);
  const shown = isOpen ? losers : losers.slice(0, depth < folded ? UNFOLDED - 2 : 0);
  const more = losers.length - shown.length + hidden;
  const opens = [...open.filter((one) => one !== '*'), contact.id].join(',');
  const rest: Drawn[] = more > 0 ? [{ id: `${contact.id} more`, more, opens, children: [] }] : [];
  const below = shown.map((loser) => drawn(loser, open, { depth: depth + 1, folded }));
  return { ...facts, more: 0, opens: '', children: [...below, ...rest] };
}
