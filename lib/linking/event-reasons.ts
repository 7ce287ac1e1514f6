import type { LinkReason } from './reasons.ts';

/** Why an event about one contact gave no record its id, beside the reasons of a plan. */
export const EVENT_LINK_REASONS = {
  'already-linked': { en: 'a record carries the id already', zh: '已有记录带有此 id' },
  'contact-merged': { en: 'the contact was merged away in 尘锋 meanwhile', zh: '该联系人已在尘锋中被合并' },
  'details-incomplete': {
    en: 'the event does not speak of every key: what it leaves out may disagree',
    zh: '事件未包含全部键，未包含的键可能矛盾',
  },
  'export-not-known': {
    en: 'no export is remembered, or a contact went by unread since: another contact may have the same number',
    zh: '没有记住导出文件，或其后有联系人的事件未被读取：可能有其他联系人使用同一号码',
  },
  'too-many-values': { en: 'it has more than four numbers and addresses', zh: '号码与邮箱合计超过四个' },
  'too-many-records': {
    en: 'the search in the CRM found more records than it names: one of the others may have the same number',
    zh: 'CRM 搜索结果过多、未全部列出：其余记录可能含有同一号码',
  },
  'record-changed': { en: 'the record was changed while it was linked', zh: '关联过程中记录发生了变化' },
  'observe-mode': { en: 'observe mode: it would be linked now', zh: '观察模式：若非观察模式即会关联' },
  'linking-off': {
    en: '`policy.link` is not set, or the CRM is only told',
    zh: '未设置 `policy.link`，或该 CRM 只接收命令',
  },
} as const;

export type EventLinkReason = keyof typeof EVENT_LINK_REASONS | LinkReason;
