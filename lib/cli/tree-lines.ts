import type { TreeContact } from '../console/read/contact-tree.ts';
import { columnsOf } from '../local/story/wrap.ts';
import { localTime } from '../local-time.ts';
import { printableId } from './printable.ts';
import type { TreeEventWords } from './tree-event-words.ts';

interface Layout {
  words: TreeEventWords;
  /** Of the terminal; undefined where none reads along. */
  columns: number | undefined;
}

/** A merge tree from its survivor down: each contact, when it was merged away, and the event that did it. */
export function treeLines(root: TreeContact, layout: Layout): string[] {
  return [printableId(root.id), ...branches(root, '', layout)];
}

function branches({ losers, hidden }: TreeContact, prefix: string, layout: Layout): string[] {
  const more = hidden > 0 ? [`${prefix}└─ ${layout.words.hidden(hidden)}`] : [];
  const lines = losers.flatMap((loser, index) => {
    const isLast = index === losers.length - 1 && more.length === 0;
    const below = `${prefix}${isLast ? '   ' : '│  '}`;
    const stem = loser.losers.length + loser.hidden > 0 ? '│  ' : '   ';
    return [
      ...contactLines(loser, `${prefix}${isLast ? '└─ ' : '├─ '}`, `${below}${stem}`, layout),
      ...branches(loser, below, layout),
    ];
  });
  return [...lines, ...more];
}

/** In a narrow window time and event stand below the id, so that neither is cut. */
function contactLines({ id, mergedAt, mergedBy }: TreeContact, first: string, next: string, { columns }: Layout) {
  const facts = [mergedAt ? localTime(mergedAt) : '', printableId(mergedBy ?? '')].filter(Boolean);
  const whole = [`${first}${printableId(id)}`, ...facts].join('  ');
  if (columns === undefined || columnsOf(whole) <= columns) return [whole];
  const both = `${next}${facts.join('  ')}`;
  const below = columnsOf(both) <= columns ? [both] : facts.map((fact) => `${next}${fact}`);
  return [`${first}${printableId(id)}`, ...below];
}
