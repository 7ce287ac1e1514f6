export const LINK = {
  title: { en: 'Which record is it?', zh: '对应哪条记录？' },
  show: { en: 'See which records they may be', zh: '查看可能的记录' },
  lookFirst: {
    en: 'Look at the records in the CRM before you confirm one: the id is written on it at once, and the merge follows.',
    zh: '确认之前请先在 CRM 里查看这些记录：确认后会立即写入 id，随后执行合并。',
  },
  record: { en: 'Record', zh: '记录' },
  agrees: { en: 'Agrees: {keys}', zh: '一致：{keys}' },
  mobile: { en: 'mobile number', zh: '手机号' },
  email: { en: 'e-mail', zh: '邮箱' },
  carries: { en: 'It cannot be this contact, for it carries another id:', zh: '不是该联系人，它已带有另一个 id：' },
  confirm: { en: 'It is record {record}', zh: '就是记录 {record}' },
  none: { en: 'None of these: it has no record', zh: '都不是：它没有记录' },
  noCandidate: { en: 'No record has one of its numbers or addresses.', zh: '没有记录含有它的号码或邮箱。' },
  nothingSaid: {
    en: 'The event does not say which numbers and addresses are its own. Give the right record its id in the CRM, then try again.',
    zh: '事件没有说明哪些号码和邮箱属于它。请在 CRM 里给正确的记录填上 id，然后重试。',
  },
  more: {
    en: 'The CRM found more records than it named: search for the right one there.',
    zh: 'CRM 找到的记录多于列出的：请在 CRM 里查找正确的那条。',
  },
  notReadable: {
    en: 'The records of this CRM cannot be read from here. Give the right record its id in the CRM, then try again.',
    zh: '无法从这里读取该 CRM 的记录。请在 CRM 里给正确的记录填上 id，然后重试。',
  },
  linked: { en: '{by}: contact {contact} is record {record}', zh: '{by}：联系人 {contact} 就是记录 {record}' },
  withoutRecord: { en: '{by}: contact {contact} has no record', zh: '{by}：联系人 {contact} 没有记录' },
} as const;
