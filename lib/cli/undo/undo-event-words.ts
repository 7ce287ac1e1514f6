import type { Language } from '../../sentence.ts';
import type { FieldOutcome } from '../../undo/compare-fields.ts';
import type { ContactReport } from '../../undo/prepare-undo.ts';

/** What `undo` says; one table a language, of the same shape. */
export interface UndoWords {
  title(event: string): string;
  role: Record<ContactReport['role'], string>;
  record(id: string): string;
  comesBack: Record<NonNullable<ContactReport['comesBackAs']>, string>;
  outcome: Record<FieldOutcome, string>;
  noFields: string;
  hidden: string;
  empty: string;
  cannot: string;
  nothingWritten(event: string): string;
  /** Events that are parked with the undo. */
  repeatedBy(events: string[]): string;
  question(survivor: string): string;
  asked(event: string): string;
  separatedFrom(contact: string): string;
  separatedBy(by: string, time: string, event: string): string;
}

const ENGLISH: UndoWords = {
  title: (event) => `Taking back the merge of event ${event} would do this:`,
  role: { survivor: 'stays', loser: 'comes back' },
  record: (id) => `record ${id}`,
  comesBack: {
    itself: 'itself, under its own record id',
    'new-record': 'as a new record, with these values',
    'as-told': 'as the CRM, which is told, decides',
    'no-record': 'it had no record: in the ledger only',
  },
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
  nothingWritten: (event) =>
    `This is the plan only: nothing was written. Take it back with: npx merge-sync undo --apply ${event}`,
  repeatedBy: (events) => `Events that joined the same contacts again and will be parked: ${events.join(', ')}`,
  question: (survivor) => `The CRM will be written to. Type ${survivor}, the contact that stays: `,
  asked: (event) => `queued: a worker takes it back; npx merge-sync show ${event} says when it is done`,
  separatedFrom: (contact) => `separated from ${contact}`,
  separatedBy: (by, time, event) => `  by ${by}, ${time}, event ${event}`,
};

const CHINESE: UndoWords = {
  title: (event) => `撤销事件 ${event} 的合并，将会：`,
  role: { survivor: '保留', loser: '恢复' },
  record: (id) => `记录 ${id}`,
  comesBack: {
    itself: '恢复为原记录，记录 id 不变',
    'new-record': '新建一条记录，写入以下值',
    'as-told': '由收到通知的 CRM 自行决定',
    'no-record': '原本没有记录，只在账本里恢复',
  },
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
  nothingWritten: (event) => `以上只是计划，没有写入任何内容。确认撤销：npx merge-sync undo --apply ${event}`,
  repeatedBy: (events) => `以下事件再次合并过同样的联系人，将随撤销一并搁置：${events.join('、')}`,
  question: (survivor) => `即将写入 CRM。请输入保留的联系人 ${survivor} 以确认：`,
  asked: (event) => `已入队，由工作进程撤销；用 npx merge-sync show ${event} 查看是否完成`,
  separatedFrom: (contact) => `已与 ${contact} 分开`,
  separatedBy: (by, time, event) => `  ${by}，${time}，事件 ${event}`,
};

export const UNDO_WORDS: Record<Language, UndoWords> = { en: ENGLISH, zh: CHINESE };
