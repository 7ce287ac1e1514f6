/** Taking a merge back: its plan, its confirmation, and what came of it. */
export const UNDO = {
  title: { en: 'Take this merge back?', zh: '撤销这次合并？' },
  show: { en: 'See what taking it back would do', zh: '查看撤销会做什么' },
  planNote: {
    en: 'This is the plan: nothing has been written so far.',
    zh: '以下是计划，目前没有写入任何内容。',
  },
  record: { en: 'record', zh: '记录' },
  wasRecord: { en: 'was record', zh: '原记录' },
  cameBack: { en: 'was merged into the survivor; the merge was taken back', zh: '曾并入主联系人，合并已撤销' },
  outcome: { en: 'What becomes of it', zh: '处理方式' },
  now: { en: 'now', zh: '现在' },
  afterwards: { en: 'afterwards', zh: '撤销后' },
  noFields: { en: 'The merge changed none of its known fields.', zh: '合并没有改动它的已知字段。' },
  cannot: { en: 'What does not come back', zh: '不会恢复的内容' },
  repeatedBy: {
    en: 'These events joined the same contacts again. They are parked with the undo:',
    zh: '以下事件再次合并过同样的联系人，将随撤销一并搁置：',
  },
  later: {
    en: 'In 尘锋 the contacts stay one: later events about them are parked until you say what is to become of them.',
    zh: '在尘锋里这些联系人仍是同一个人：之后涉及它们的事件会搁置，等您决定。',
  },
  confirm: {
    en: 'The CRM will be written to. Type the id of the contact that stays:',
    zh: '即将写入 CRM。请输入保留的联系人 id：',
  },
  run: { en: 'Take it back', zh: '撤销合并' },
  leave: { en: 'Leave it', zh: '取消' },
  wrongId: {
    en: 'Nothing was done: what was typed is not the id of the contact that stays.',
    zh: '没有执行任何操作：输入的不是保留的联系人 id。',
  },
  changed: {
    en: 'Nothing was done: the plan is another one than the page showed. Look at it again.',
    zh: '没有执行任何操作：计划已与页面显示的不同，请重新查看。',
  },
  refused: { en: 'This merge cannot be taken back', zh: '这次合并无法撤销' },
  cannotAsk: {
    en: 'The CRM did not answer, or refused, so there is no plan. Nothing was done; this page tries again by itself.',
    zh: 'CRM 没有应答或拒绝了请求，无法制定计划。没有执行任何操作，本页会自动重试。',
  },
  notHere: {
    en: 'From here the settings of this CRM cannot be read. In a terminal: merge-sync undo.',
    zh: '这里无法读取该 CRM 的设置。请在终端使用 merge-sync undo。',
  },
  section: { en: 'Taking it back', zh: '撤销' },
  isOver: { en: '{by} had this merge taken back.', zh: '{by} 撤销了这次合并。' },
  isUnderWay: { en: '{by} has asked for it; it is being taken back.', zh: '{by} 已请求撤销，正在执行。' },
  wasRefused: {
    en: '{by} asked for it; it was refused before anything was changed.',
    zh: '{by} 请求过撤销，在改动任何内容之前被拒绝。',
  },
  asPlanned: { en: 'As it was planned and shown:', zh: '当时显示的计划：' },
  isBack: { en: 'is back as record', zh: '已恢复，记录为' },
  keptSince: {
    en: 'changed between the plan and the write: kept as it was then',
    zh: '在计划与写入之间有改动，保持当时的值',
  },
  planExpired: { en: 'Its plan is not kept any more.', zh: '其计划已不再保存。' },
  planned: { en: 'Plan of taking the merge back, for {by}', zh: '为 {by} 制定撤销计划' },
  separated: { en: 'Separated by an operator from:', zh: '运维人员已将它与以下联系人分开：' },
  separatedNote: {
    en: 'In 尘锋 they may still be one; later events about them are parked.',
    zh: '在尘锋里它们可能仍是同一个人；之后涉及它们的事件会搁置。',
  },
} as const;
