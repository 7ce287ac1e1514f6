export const CONTACT = {
  whoNow: { en: 'Who this is now', zh: '现在是谁' },
  itself: { en: 'This contact is still there.', zh: '此联系人仍然存在。' },
  mergedInto: { en: 'This contact was merged away. It is part of:', zh: '此联系人已被合并，现属于：' },
  because: { en: 'Merged by', zh: '合并依据' },
  way: { en: 'The way there', zh: '合并路径' },
  tree: { en: 'Merge tree', zh: '合并关系图' },
  treeHint: {
    en: '{count} contacts. Time and event stand beside each; a click on a contact opens its own tree.',
    zh: '共 {count} 个联系人。每个旁边是时间和事件，点击联系人查看其自身的关系图。',
  },
  treeCut: {
    en: 'The first 1000 contacts are drawn; open a branch to see the rest of it.',
    zh: '仅绘制前 1000 个联系人，打开分支可查看其余部分。',
  },
  alone: { en: 'Nothing has been merged into it.', zh: '没有联系人并入它。' },
  unfold: { en: 'show {count} more', zh: '再显示 {count} 个' },
  unfoldAll: { en: 'Unfold all', zh: '全部展开' },
  fold: { en: 'Fold', zh: '收起' },
  locked: { en: 'An event is working on it:', zh: '正在处理它的事件：' },
  itsEvents: { en: 'Its events', zh: '相关事件' },
  unknown: {
    en: 'No merge has been worked on with this contact so far. Events that wait may name it: see its events.',
    zh: '至今没有处理过涉及此联系人的合并。等待中的事件可能提到它：请查看相关事件。',
  },
  asList: { en: 'The same as a list', zh: '以列表查看' },
} as const;
