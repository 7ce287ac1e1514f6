import type { Language } from '../sentence.ts';

/** What `who --tree` says beside ids and times. */
export interface TreeEventWords {
  nothing: string;
  /** Of a branch that is not shown whole. */
  hidden(count: number): string;
  /** Below the tree. */
  total(count: number): string;
}

export const TREE_EVENT_WORDS: Record<Language, TreeEventWords> = {
  en: {
    nothing: 'nothing was merged into it',
    hidden: (count) => `and ${count} more: ask for one of the contacts above`,
    total: (count) => (count === 1 ? '1 contact was merged into it' : `${count} contacts were merged into it`),
  },
  zh: {
    nothing: '没有联系人并入其中',
    hidden: (count) => `另有 ${count} 个：可对上面某个联系人再用 --tree`,
    total: (count) => `共有 ${count} 个联系人并入其中`,
  },
};
