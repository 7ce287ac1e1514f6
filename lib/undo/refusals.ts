import type { Sentence } from '../sentence.ts';

const DO_IT_BY_HAND: Sentence = {
  en: '`export` has both records as they were: do it by hand in the CRM.',
  zh: '用 `export` 取出两条记录当时的样子，在 CRM 里人工处理。',
};
const after = (facts: Sentence, todo: Sentence): Sentence => ({
  en: `${facts.en} ${todo.en}`,
  zh: `${facts.zh}${todo.zh}`,
});

/** Why a merge is not taken back, and what to do; `{}` is the event or code in the way. */
export const UNDO_REFUSALS = {
  'not-a-merge': {
    en: 'This event is no merge: there is nothing to take back.',
    zh: '该事件不是合并，没有可撤销的内容。',
  },
  'not-applied': {
    en: 'This event is not over ({}), so there is no merge to take back yet. Finish it first: `show` says what it waits for.',
    zh: '该事件尚未结束（{}），还没有可撤销的合并。请先处理完它，`show` 会说明它在等什么。',
  },
  'nothing-merged': {
    en: 'This event merged nothing ({}): there is nothing to take back.',
    zh: '该事件没有合并任何内容（{}），没有可撤销的内容。',
  },
  'already-undone': {
    en: 'This merge was taken back before: `show` says when and by whom.',
    zh: '这次合并已经撤销过，`show` 会说明何时、由谁撤销。',
  },
  'crm-changed': {
    en: 'This merge was made in another kind of CRM ({}) than the tenant has now: take it back by hand there.',
    zh: '这次合并是在另一种 CRM（{}）里完成的，租户现在用的不是它：请在那里人工撤销。',
  },
  'too-large': after(
    {
      en: 'This event has more than 2 000 losers and was carried out in parts: it cannot be taken back as a whole.',
      zh: '该事件的被合并联系人超过 2000 个，是分批完成的，无法整体撤销。',
    },
    DO_IT_BY_HAND,
  ),
  'several-runs': after(
    {
      en: 'This event merged records in more than one run, and only the records before the last one are at hand.',
      zh: '该事件分多次运行合并了记录，手头只有最后一次运行之前的原样。',
    },
    DO_IT_BY_HAND,
  ),
  'plan-expired': {
    en: 'The records as they were before the merge are not kept any more (journalRetentionDays): it cannot be taken back.',
    zh: '合并前的记录已超过保留期（journalRetentionDays），无法撤销。',
  },
  'values-erased': {
    en: 'The records as they were before the merge were erased (`forget`): it cannot be taken back.',
    zh: '合并前的记录已用 `forget` 清除，无法撤销。',
  },
  'no-pre-images': {
    en: 'The records as they were before the merge were not kept: it cannot be taken back.',
    zh: '没有保留合并前的记录，无法撤销。',
  },
  'record-was-renamed': {
    en: 'The survivor had no record of its own: a loser’s record was given its id. Write the loser’s contact id ({}) back on that record in the CRM.',
    zh: '主联系人当时没有自己的记录，是把某个被合并联系人的记录改成了它的 id。请在 CRM 里把原来的联系人 id（{}）填回该记录。',
  },
  'not-latest': {
    en: 'A later event has merged this contact: only the latest merge can be taken back. Take back {} first.',
    zh: '之后有其他事件合并过该联系人，只能撤销最近一次合并。请先撤销 {}。',
  },
  'latest-unknown': {
    en: 'Whether this is the survivor’s latest merge is not known: it was made by an earlier version, or taken up in several runs. Do it by hand in the CRM.',
    zh: '不知道这是不是主联系人最近一次合并：它由更早的版本完成，或分多次运行完成。请在 CRM 里人工处理。',
  },
  'too-many-repeats': after(
    {
      en: 'Events have said {} times that contacts of this survivor are one which were so already: too many to park with an undo.',
      zh: '已有 {} 个事件重复合并过该主联系人下早已合并的联系人，数量太多，无法随撤销一并搁置。',
    },
    DO_IT_BY_HAND,
  ),
  'event-under-way': {
    en: 'Event {} about these contacts is not over. Finish it first (`show` says what it waits for), then ask again.',
    zh: '涉及这些联系人的事件 {} 尚未结束。请先处理它（`show` 会说明它在等什么），再重新撤销。',
  },
  'too-many-waiting': {
    en: 'More than {} events wait or are parked, too many to see whether one is about these contacts. Work them off first.',
    zh: '等待或搁置的事件超过 {} 个，无法逐一确认是否涉及这些联系人。请先处理它们。',
  },
  'observe-mode': {
    en: 'The tenant is in observe mode: nothing is written to the CRM. Set `policy.mode` to `live`, then ask again.',
    zh: '租户处于观察模式，不会写入 CRM。把 `policy.mode` 改为 `live` 后再撤销。',
  },
  'crm-cannot': after(
    { en: 'Merges in this CRM ({}) cannot be taken back by this program.', zh: '本程序无法撤销此 CRM（{}）中的合并。' },
    DO_IT_BY_HAND,
  ),
  'receiver-does-not-know': {
    en: 'The receiver has not said that it knows `contact.unmerged`. Teach it that command, set `unmerge: true` in the CRM settings, then ask again.',
    zh: '接收方尚未声明支持 `contact.unmerged`。请先实现该命令，在 CRM 配置里设 `unmerge: true`，再重新撤销。',
  },
  'survivor-not-found': {
    en: 'The CRM has no record, or several, with the survivor’s contact id. Look at it there first.',
    zh: 'CRM 里没有、或有多条记录带主联系人的 id。请先在 CRM 里查看。',
  },
  'record-gone': after(
    {
      en: 'The loser’s record {} is gone from the CRM for good: a recycle bin keeps records for a time only.',
      zh: '被合并的记录 {} 已从 CRM 彻底消失：回收站只保留一段时间。',
    },
    DO_IT_BY_HAND,
  ),
  'record-is-back': {
    en: 'The loser’s record {} is there again already: it was brought back by hand. What is left is to be done by hand, too.',
    zh: '被合并的记录 {} 已经恢复，是人工恢复的。其余也请人工处理。',
  },
  'merged-elsewhere': {
    en: 'The loser’s record {} is part of another record than the survivor’s: it was merged by hand since. Look at it in the CRM.',
    zh: '被合并的记录 {} 现在属于主联系人以外的记录，之后有人手工合并过。请在 CRM 里查看。',
  },
  'loser-id-taken': {
    en: 'Another record carries the contact id {} of a loser by now. Look at it in the CRM.',
    zh: '已有另一条记录带着被合并联系人的 id {}。请在 CRM 里查看。',
  },
} as const satisfies Record<string, Sentence>;

export type UndoRefusalName = keyof typeof UNDO_REFUSALS;

/** Why a merge is not taken back. */
export interface UndoRefusal {
  refused: UndoRefusalName;
  /** The event, state or code that the sentence names. No values. */
  by?: string;
}

/** The refusal as a person reads it. */
export function refusalSentence({ refused, by = '' }: UndoRefusal): Sentence {
  const { en, zh } = UNDO_REFUSALS[refused];
  return { en: en.replace('{}', by), zh: zh.replace('{}', by) };
}
