export const BULK = {
  start: { en: 'Start one', zh: '开始批量操作' },
  how: {
    en: 'Choose a reason here, or mark events on the page of events. You see a count and a plan before anything happens.',
    zh: '在此选择一个原因，或在事件页勾选事件。执行之前会先显示数量和计划。',
  },
  planTitle: { en: 'What would happen', zh: '将会发生什么' },
  planCount: { en: '{count} events get: {action}.', zh: '对 {count} 个事件执行：{action}。' },
  planImpossible: {
    en: '{count} others are left as they are: it is not possible in their state.',
    zh: '另有 {count} 个保持不变：其状态不允许此操作。',
  },
  planCut: { en: 'There are more; these are the 10000 oldest.', zh: '还有更多；这里是最早的 10000 个。' },
  planNote: {
    en: 'Each event then goes its usual way: it is planned anew, checked against the CRM and applied once.',
    zh: '之后每个事件照常处理：重新制定计划、与 CRM 核对，只执行一次。',
  },
  planReasons: { en: 'Why they waited', zh: '等待原因' },
  count: { en: 'Count', zh: '数量' },
  run: { en: 'Do it for {count} events', zh: '对 {count} 个事件执行' },
  cancel: { en: 'Leave it', zh: '取消' },
  changed: {
    en: 'Nothing was done: meanwhile {now} events fit instead of {planned}. Look at the plan again.',
    zh: '没有执行：符合条件的事件已从 {planned} 个变为 {now} 个，请重新查看计划。',
  },
  past: { en: 'Past bulk actions', zh: '历史批量操作' },
  noPast: { en: 'There were none yet.', zh: '还没有。' },
  by: { en: 'By', zh: '操作人' },
  action: { en: 'Action', zh: '操作' },
  progress: { en: 'Progress', zh: '进度' },
  progressOf: { en: '{done} of {total}', zh: '{done} / {total}' },
  running: { en: 'running', zh: '进行中' },
  stopped: { en: 'stopped before its end: the rest was left as it was', zh: '中途停止：其余保持不变' },
  finished: {
    en: 'done: {queued} queued, {refused} had changed meanwhile',
    zh: '完成：{queued} 个已入队，{refused} 个状态已变',
  },
  unlinked: { en: 'Contacts missing in the CRM', zh: 'CRM 缺少联系人' },
  unlinkedHow: {
    en: 'Some contacts of these events had no record in the CRM. Once they are linked, trying again catches up.',
    zh: '这些事件的部分联系人在 CRM 中没有记录。建立关联后，重试即可补上。',
  },
  observed: { en: 'Only observed', zh: '仅观察' },
  observedHow: {
    en: 'Planned in observe mode, nothing was written. Once the mode is live, trying again carries them out.',
    zh: '在观察模式下只做了计划，没有写入。改为 live 后，重试即可执行。',
  },
  byHand: { en: 'picked by hand', zh: '手工选择' },
} as const;
