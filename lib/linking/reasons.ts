/** What a row of a linking plan comes to, and why, as data: the report, the pages and the command are made from it. */

interface Told {
  en: string;
  zh: string;
}

export const LINK_CLASSES = {
  linked: { en: 'carries its id already', zh: '已带有联系人 id' },
  matched: { en: 'will get its id', zh: '将写入联系人 id' },
  'merged-before': { en: 'was merged in 尘锋; its survivor counts', zh: '已在尘锋中被合并，以主联系人为准' },
  ambiguous: { en: 'several fit: not linked', zh: '有多个可能，不关联' },
  conflict: { en: 'something disagrees: not linked', zh: '信息互相矛盾，不关联' },
  'missing-in-crm': { en: 'no record fits', zh: 'CRM 中没有对应记录' },
  'missing-in-export': { en: 'a record no contact of the file fits', zh: '文件中没有对应联系人的 CRM 记录' },
  unusable: { en: 'nothing to recognise it by', zh: '缺少可用于识别的信息' },
} satisfies Record<string, Told>;
export type LinkClass = keyof typeof LINK_CLASSES;

export const LINK_REASONS = {
  'id-on-record': {
    en: 'the record carries this id',
    zh: '该记录已带有此 id',
  },
  'key-agrees': {
    en: 'the key leads to one record, and that record to this contact only',
    zh: '按该键只找到一条记录，且该记录只对应这一个联系人',
  },
  'gets-survivor-id': {
    en: 'the contact was merged away in 尘锋: its record gets the survivor’s id',
    zh: '该联系人已在尘锋中被合并：记录写入主联系人的 id',
  },
  'merge-waits': {
    en: 'its survivor has another record: this one gets its own id, and a replay of the merge’s event merges them',
    zh: '主联系人另有记录：本记录写入自己的 id，重放该合并事件即可合并',
  },
  'survivor-has-record': {
    en: 'its survivor has this record: nothing to write',
    zh: '主联系人已拥有该记录，无需写入',
  },
  'carries-merged-id': {
    en: 'the record carries the id of a contact that was merged into this one: nothing to write',
    zh: '该记录带有已并入此联系人的 id，无需写入',
  },
  'several-records': {
    en: 'the key leads to more than one record',
    zh: '按该键找到多条记录',
  },
  'several-contacts': {
    en: 'the record’s key leads to more than one contact: a shared number, or merged by hand in the CRM',
    zh: '该记录的键对应多个联系人：号码共用，或已在 CRM 中手工合并',
  },
  'stronger-key-disagrees': {
    en: 'a stronger key says something else',
    zh: '优先级更高的键给出了不同结果',
  },
  'record-has-another-id': {
    en: 'the record carries the id of another contact',
    zh: '该记录已带有另一个联系人的 id',
  },
  'id-on-several-records': {
    en: 'more than one record carries this id: leave it on the right one only',
    zh: '多条记录带有同一 id：请只保留正确的一条',
  },
  'no-match': { en: 'no key leads to a record', zh: '没有任何键能找到记录' },
  'record-without-contact': { en: 'no contact of the file leads to it', zh: '文件中没有联系人对应该记录' },
  'id-not-in-file': { en: 'it carries an id that the file does not have', zh: '记录带有的 id 不在文件中' },
  'no-id': { en: 'the row has no contact id', zh: '该行没有联系人 id' },
  'id-damaged': {
    en: 'the id has blanks around it, or a spreadsheet has made a number of it: export it as text',
    zh: 'id 前后有空白，或被电子表格改成了数字：请以文本格式重新导出',
  },
  'no-key': {
    en: 'no mobile number and no e-mail: landlines and placeholders do not count',
    zh: '没有手机号和邮箱（座机与占位号码不算）',
  },
  'key-of-many': {
    en: 'its keys belong to too many to mean a person',
    zh: '其键被过多人使用，无法代表一个人',
  },
} satisfies Record<string, Told>;
export type LinkReason = keyof typeof LINK_REASONS;
