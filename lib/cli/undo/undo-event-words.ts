import type { Language } from '../../sentence.ts';
import type { FieldOutcome } from '../../undo/compare-fields.ts';
import type { ContactReport } from '../../undo/prepare-undo.ts';

/** What `undo` says; one table a language, of the same shape. */
export interface UndoWords {
  title(event: string): string;
  role: Record<ContactReport['role'], string>;
  record(id: string): string;
  comesBack: Record<NonNullable<ContactReport['comesBackAs']>, string>;
  isTold: string;
  outcome: Record<FieldOutcome, string>;
  noFields: string;
  hidden: string;
  empty: string;
  cannot: string;
  nothingWritten: string;
}

const ENGLISH: UndoWords = {
  title: (event) => `Taking back the merge of event ${event} would do this:`,
  role: { survivor: 'stays', loser: 'comes back' },
  record: (id) => `record ${id}`,
  comesBack: { itself: 'itself, under its own record id', 'new-record': 'as a new record, with these values' },
  isTold: 'as the CRM, which is told, decides',
  outcome: {
    restore: 'will be restored',
    kept: 'changed since the merge: kept as it is',
    cannot: 'cannot be restored',
    'as-before': 'is as it was before',
  },
  noFields: 'the merge changed none of its known fields',
  hidden: '(hidden)',
  empty: '–',
  cannot: 'What does not come back:',
  nothingWritten: 'This is the plan only: nothing was written.',
};

const CHINESE: UndoWords = {
  title: (event) => `撤销事件 ${event} 的合并，将会：`,
  role: { survivor: '保留', loser: '恢复' },
  record: (id) => `记录 ${id}`,
  comesBack: { itself: '恢复为原记录，记录 id 不变', 'new-record': '新建一条记录，写入以下值' },
  isTold: '由收到通知的 CRM 自行决定',
  outcome: {
    restore: '将恢复',
    kept: '合并后有人改过，保持现状',
    cannot: '无法恢复',
    'as-before': '现在就是合并前的值',
  },
  noFields: '合并没有改动它的已知字段',
  hidden: '（已隐藏）',
  empty: '–',
  cannot: '以下内容不会恢复：',
  nothingWritten: '以上只是计划，没有写入任何内容。',
};

export const UNDO_WORDS: Record<Language, UndoWords> = { en: ENGLISH, zh: CHINESE };
