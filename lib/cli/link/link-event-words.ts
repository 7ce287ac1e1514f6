import type { Language } from '../../sentence.ts';

/** What `link --event` says. */
export interface LinkEventWords {
  contact(id: string): string;
  record(id: string, keys: string): string;
  carries(id: string): string;
  none: string;
  more: string;
  nothingSaid: string;
  next: string;
  linked(contact: string, record: string): string;
  without(contact: string): string;
  goesOn: string;
  /** Contacts that it asks about again. */
  waits(contacts: string): string;
}

export const LINK_EVENT_WORDS: Record<Language, LinkEventWords> = {
  en: {
    contact: (id) => `contact ${id}`,
    record: (id, keys) => `  record ${id}  (${keys})`,
    carries: (id) => `    carries the id ${id}: not this contact`,
    none: '  no record has one of its numbers or addresses',
    more: '  and more: the search found more records than it names; any that has one of its numbers or addresses can be confirmed',
    nothingSaid:
      '  the event does not say which numbers and addresses are its own: link it by hand in the CRM, then replay',
    next: 'Look at the records in the CRM. Then confirm one, or say that there is none:',
    linked: (contact, record) => `record ${record} carries the id of contact ${contact}`,
    without: (contact) => `contact ${contact} has no record`,
    goesOn: 'the event goes on',
    waits: (contacts) => `the event is looked at again; in some seconds it waits for an answer about ${contacts}`,
  },
  zh: {
    contact: (id) => `联系人 ${id}`,
    record: (id, keys) => `  记录 ${id}（${keys}）`,
    carries: (id) => `    已带有 id ${id}，不是该联系人`,
    none: '  没有记录含有它的号码或邮箱',
    more: '  还有更多：搜索结果未全部列出；凡含有其号码或邮箱的记录均可确认',
    nothingSaid: '  事件没有说明哪些号码和邮箱属于它：请在 CRM 里手工填 id，然后 replay',
    next: '请先在 CRM 里查看这些记录，然后确认其中一条，或说明没有：',
    linked: (contact, record) => `记录 ${record} 已带有联系人 ${contact} 的 id`,
    without: (contact) => `联系人 ${contact} 没有对应记录`,
    goesOn: '事件继续处理',
    waits: (contacts) => `事件会重新检查，几秒后仍需回答：${contacts}`,
  },
};
