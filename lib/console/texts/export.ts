export const EXPORT = {
  title: { en: 'As they were before event {event}', zh: '事件 {event} 之前的原样' },
  fromCrm: {
    en: 'Records of the CRM of tenant {tenant}, as they were read at {time} for the merge.',
    zh: '租户 {tenant} 的 CRM 记录，于 {time} 为合并而读取时的原样。',
  },
  fromSender: {
    en: 'Contacts of tenant {tenant} as 尘锋 told them in the callback received at {time}. The CRM’s own records were not read.',
    zh: '租户 {tenant} 的联系人，取自 {time} 收到的尘锋回调；未读取 CRM 自己的记录。',
  },
  notMerged: {
    en: 'Nothing was sent to the CRM: these are the records as they were when the merge was planned.',
    zh: '没有向 CRM 发出任何调用：这是制定计划时的记录。',
  },
  countOf: { en: 'Associated {kind}', zh: '关联的 {kind}' },
  personal: {
    en: 'Personal data: keep it no longer than you need it.',
    zh: '含个人信息，用完请删除。',
  },
  asTheyWere: { en: 'As they were, as a file:', zh: '合并前的原样（文件）：' },
  sheet: { en: 'sheet', zh: '表格' },
};
