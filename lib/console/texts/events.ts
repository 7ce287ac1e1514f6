export const EVENTS = {
  allStates: { en: 'all states', zh: '全部状态' },
  anyReason: { en: 'any reason', zh: '任意原因' },
  from: { en: 'Received from', zh: '接收时间从' },
  to: { en: 'to', zh: '到' },
  contactId: { en: 'Contact id', zh: '联系人 id' },
  filter: { en: 'Filter', zh: '筛选' },
  clear: { en: 'Clear', zh: '清除' },
  none: { en: 'No event fits.', zh: '没有符合条件的事件。' },
  place: { en: 'Place in the list', zh: '列表位置' },
  unreadable: {
    en: 'The address has parts that cannot be read; nothing is filtered by them: {parts}.',
    zh: '地址中有无法识别的部分，未按其筛选：{parts}。',
  },
  older: { en: 'Older events', zh: '更早的事件' },
  newest: { en: 'Back to the newest', zh: '回到最新' },
  cutShort: {
    en: '3000 events were looked at, down to {time}. “Older events” goes on from there.',
    zh: '已查看 3000 个事件，直到 {time}。点“更早的事件”继续。',
  },
  csv: { en: 'What is shown as CSV', zh: '将所示内容导出为 CSV' },
  contactNote: {
    en: 'Shown are events that merged this contact, merged others into it or decided its fields, and all that name it and are not over.',
    zh: '显示的是：合并了该联系人、把其他联系人并入它、决定过其字段的事件，以及尚未结束且提到它的事件。',
  },
  chosen: { en: 'Chosen events:', zh: '所选事件：' },
  chooseOne: { en: 'choose event {id}', zh: '选择事件 {id}' },
  plan: { en: 'See what would happen', zh: '查看将会发生什么' },
} as const;
