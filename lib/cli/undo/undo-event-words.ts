import type { Language } from '../../sentence.ts';

/** What `undo` says; one table a language, of the same shape. */
export interface UndoWords {
  title(event: string): string;
  record(id: string): string;
  /** Of one that comes back as a new record. */
  wasRecord(id: string): string;
  noFields: string;
  hidden: string;
  empty: string;
  cannot: string;
  /** Before the command that does it. */
  nothingWritten: string;
  /** Events that are parked with the undo. */
  repeatedBy(events: string[]): string;
  question(survivor: string): string;
  /** Before the command that shows the event. */
  asked: string;
  separatedFrom(contact: string): string;
  separatedBy(by: string, time: string, event: string): string;
}

const ENGLISH: UndoWords = {
  title: (event) => `Taking back the merge of event ${event} would do this:`,
  record: (id) => `record ${id}`,
  wasRecord: (id) => `was record ${id}`,
  noFields: 'the merge changed none of its known fields',
  hidden: '(hidden)',
  empty: '–',
  cannot: 'What does not come back:',
  nothingWritten: 'This is the plan only: nothing was written. Take it back with:',
  repeatedBy: (events) => `Events that joined the same contacts again and will be parked: ${events.join(', ')}`,
  question: (survivor) => `The CRM will be written to. Type ${survivor}, the contact that stays: `,
  asked: 'queued: a worker takes it back; when it is done, this says so:',
  separatedFrom: (contact) => `separated from ${contact}`,
  separatedBy: (by, time, event) => `  by ${by}, ${time}, event ${event}`,
};

const CHINESE: UndoWords = {
  title: (event) => `撤销事件 ${event} 的合并，将会：`,
  record: (id) => `记录 ${id}`,
  wasRecord: (id) => `原记录 ${id}`,
  noFields: '合并没有改动它的已知字段',
  hidden: '（已隐藏）',
  empty: '–',
  cannot: '以下内容不会恢复：',
  nothingWritten: '以上只是计划，没有写入任何内容。确认撤销：',
  repeatedBy: (events) => `以下事件再次合并过同样的联系人，将随撤销一并搁置：${events.join('、')}`,
  question: (survivor) => `即将写入 CRM。请输入保留的联系人 ${survivor} 以确认：`,
  asked: '已入队，由工作进程撤销；用以下命令查看是否完成：',
  separatedFrom: (contact) => `已与 ${contact} 分开`,
  separatedBy: (by, time, event) => `  ${by}，${time}，事件 ${event}`,
};

export const UNDO_WORDS: Record<Language, UndoWords> = { en: ENGLISH, zh: CHINESE };
