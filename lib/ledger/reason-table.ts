import type { Sentence } from '../sentence.ts';
import type { EventState } from './event-states.ts';

/** What is said about a reason. */
export interface ReasonFacts {
  /** The state an event has for this reason. */
  state: EventState;
  /** What stands behind the colon, if anything does: `crm-refused:CODE`. */
  parameter?: 'CODE' | 'FIELD' | 'REASON';
  /** What stands behind the colon where the CRM named a code of its own: `crm-auth`, or `crm-auth:CODE`. */
  mayFollow?: 'CODE';
  means: Sentence;
  /** What an operator does about it. */
  todo: Sentence;
}

const NOTHING: Sentence = { en: 'Nothing.', zh: '不用管。' };
const REPLAY_WHEN_LIVE: Sentence = { en: '`replay` once the mode is `live`.', zh: '改为 `live` 后 `replay`。' };
const VOLUME = {
  state: 'held',
  todo: {
    en: 'Find out why. Then `release`, or raise the limit.',
    zh: '查明原因，然后 `release`，或调高上限。',
  },
} as const;
const MERGED_BY_HAND = {
  state: 'parked',
  todo: {
    en: 'Look at the record; give it the right contact id, then `replay`.',
    zh: '查看该记录，填上正确的联系人 id，然后 `replay`。',
  },
} as const;
const LOST_ITS_ID = {
  state: 'parked',
  todo: { en: 'Put the contact id back, then `replay`.', zh: '把联系人 id 填回去，然后 `replay`。' },
} as const;
const NOT_REACHED = { state: 'waiting', mayFollow: 'CODE', todo: NOTHING } as const;

/**
 * Every reason an event can have, in the order of the pages. A new one is added here and nowhere else: the tables of the
 * pages, the command and the types are made from it.
 */
export const REASONS = {
  'self-merge': {
    state: 'parked',
    means: { en: 'The event merges a contact into itself.', zh: '事件要求把一个联系人合并到它自己。' },
    todo: { en: 'Ask 尘锋. Nothing was changed.', zh: '咨询尘锋。没有做任何改动。' },
  },
  unlinked: {
    state: 'parked',
    means: {
      en: 'The CRM does not know all of its contacts, and `whenMissing` says to ask.',
      zh: 'CRM 不认识其中的部分联系人，而 `whenMissing` 要求先询问。',
    },
    todo: {
      en: '`link --event` shows which record each may be. Confirm one, or say that there is none.',
      zh: '`link --event` 列出可能的记录。请确认其中一条，或说明没有对应记录。',
    },
  },
  cycle: {
    state: 'parked',
    means: {
      en: 'The survivor was merged into one of these losers before.',
      zh: '主联系人之前已被合并到这些被合并联系人之一。',
    },
    todo: { en: 'See `who` for both; correct it by hand.', zh: '用 `who` 查两者，人工更正。' },
  },
  'loser-claimed-twice': {
    state: 'parked',
    means: {
      en: 'A loser was merged into another contact before.',
      zh: '某个被合并联系人之前已合并到另一个联系人。',
    },
    todo: {
      en: 'See `who`; decide who is right, correct the CRM by hand.',
      zh: '用 `who` 查看，判断哪个正确，在 CRM 里人工更正。',
    },
  },
  'two-records-for-one-contact': {
    state: 'parked',
    means: {
      en: 'The CRM has two records with this contact id, or a record has got it that another one was about to get.',
      zh: 'CRM 里有两条记录带同一个联系人 id，或者另一条记录即将写入的 id 已出现在别的记录上。',
    },
    todo: {
      en: 'Where there are two, merge or correct them in the CRM. Then `replay`.',
      zh: '如果有两条，在 CRM 里合并或更正。然后 `replay`。',
    },
  },
  'record-of-another-contact': {
    state: 'parked',
    means: {
      en: 'A look-up found a record whose id property names a contact that the event does not, and that was not merged into its contacts.',
      zh: '查到的记录，其 id 字段写的是事件之外、也未并入其联系人的联系人。',
    },
    todo: {
      en: 'If another event about that contact is parked, begin with its `replay`. Else correct the id property in the CRM. Then `replay`.',
      zh: '若该联系人另有搁置的事件，先 `replay` 那一个；否则在 CRM 里更正 id 字段。然后 `replay`。',
    },
  },
  'survivor-merged-away-in-crm': {
    ...MERGED_BY_HAND,
    means: {
      en: 'The survivor’s record was merged by hand into one that the event does not name.',
      zh: '主联系人的记录已被人工合并到事件之外的记录。',
    },
  },
  'loser-merged-away-in-crm': {
    ...MERGED_BY_HAND,
    means: {
      en: 'A loser’s record was merged by hand into one that the event does not name.',
      zh: '被合并联系人的记录已被人工合并到事件之外的记录。',
    },
  },
  'survivor-record-lost-its-contact-id': {
    ...LOST_ITS_ID,
    means: {
      en: 'The survivor’s record is there, its id property is not what it was.',
      zh: '主联系人的记录还在，但 id 字段变了。',
    },
  },
  'loser-record-lost-its-contact-id': {
    ...LOST_ITS_ID,
    means: {
      en: 'A loser’s record is there, its id property is not what it was.',
      zh: '被合并联系人的记录还在，但 id 字段变了。',
    },
  },
  'crm-changed': {
    state: 'parked',
    means: {
      en: 'The tenant has another kind of CRM than the plan was made for.',
      zh: '租户现在的 CRM 种类与制定计划时不同。',
    },
    todo: {
      en: '`replay`: it plans anew for the CRM of today. Where a call is unanswered, look in the old CRM and `settle` first.',
      zh: '`replay`：按现在的 CRM 重新制定计划。若有未应答的调用，先在旧 CRM 里查看并 `settle`。',
    },
  },
  'merged-elsewhere-in-crm': {
    state: 'parked',
    means: {
      en: 'Two records that were to be merged are neither together nor as they were.',
      zh: '要合并的两条记录既没有合到一起，也不是原来的样子。',
    },
    todo: {
      en: 'Look at them in the CRM, then `settle`; or `replay`, where nothing is unanswered.',
      zh: '在 CRM 里查看，然后 `settle`；若没有未应答的调用，则 `replay`。',
    },
  },
  'crm-contradiction': {
    state: 'parked',
    parameter: 'CODE',
    means: { en: 'The `http` receiver answered 409.', zh: '`http` 接收方回了 409。' },
    todo: {
      en: 'CODE is its word; solve it there, then `replay`.',
      zh: 'CODE 是它的原话；在那边解决，然后 `replay`。',
    },
  },
  'crm-refused': {
    state: 'parked',
    parameter: 'CODE',
    means: {
      en: 'The CRM refused for good. CODE is its own error code.',
      zh: 'CRM 明确拒绝。CODE 是它自己的错误码。',
    },
    todo: {
      en: 'Correct record, mapping or rights, then `replay`.',
      zh: '更正记录、映射或权限，然后 `replay`。',
    },
  },
  'crm-auth': {
    state: 'parked',
    mayFollow: 'CODE',
    means: { en: 'Credentials or rights are wrong.', zh: '凭证或权限不对。' },
    todo: {
      en: '`doctor`; mend the parameter; `replay --all --reason crm-auth`.',
      zh: '运行 `doctor`，改好参数，`replay --all --reason crm-auth`。',
    },
  },
  'gave-up': {
    state: 'parked',
    parameter: 'REASON',
    means: {
      en: 'Tried for a day, or for a week where the CRM kept naming a time: REASON',
      zh: '重试了一天（如果 CRM 每次都说了时间，则是一周）：REASON',
    },
    todo: {
      en: 'Mend the cause, then `replay`; `settle` if the last call was never answered.',
      zh: '排除原因后 `replay`；若最后一次调用一直没有应答，用 `settle`。',
    },
  },
  unreadable: {
    state: 'parked',
    parameter: 'FIELD',
    means: {
      en: 'A genuine merge whose FIELD is not what 尘锋 documents.',
      zh: '真实的合并事件，但 FIELD 与尘锋文档不符。',
    },
    todo: { en: '`show --json --values`; report it.', zh: '用 `show --json --values` 查看并反馈。' },
  },
  'names-differ': {
    state: 'parked',
    means: {
      en: 'The signed content is a merge; the unsigned `event` and `action` around it name something else.',
      zh: '签名内容是一次合并，但外层未签名的 `event`、`action` 写的是别的事件。',
    },
    todo: {
      en: 'Nothing, if 尘锋 sends it again: it then goes on by itself. `replay` if it is a merge of contacts.',
      zh: '若尘锋再次推送，会自动继续，不用管。确认是联系人合并时可 `replay`。',
    },
  },
  'payload-expired': {
    state: 'parked',
    means: { en: 'The event waited longer than payloads are kept.', zh: '事件等待的时间超过了原文保留期。' },
    todo: {
      en: 'Do it by hand in the CRM; the event cannot be applied any more.',
      zh: '在 CRM 里人工处理；该事件已无法应用。',
    },
  },
  'values-erased': {
    state: 'parked',
    means: {
      en: 'An operator has erased what the event says of persons (`forget`).',
      zh: '操作员已用 `forget` 清除事件中的个人数据。',
    },
    todo: { en: 'Nothing; the event cannot be applied any more.', zh: '不用管；该事件已无法应用。' },
  },
  'plan-expired': {
    state: 'parked',
    means: {
      en: 'Its plan was kept for `journalRetentionDays` and is gone, a call of it unanswered.',
      zh: '计划保留了 `journalRetentionDays` 后已过期，而其中一次调用没有应答。',
    },
    todo: {
      en: 'Look in the CRM and `settle`, so that its contacts are free; do the rest by hand.',
      zh: '在 CRM 里查看并 `settle`，放开它的联系人；其余人工完成。',
    },
  },
  'observe-mode': {
    state: 'parked',
    means: {
      en: 'The tenant was switched to observe mode while this event was half done. Nothing more is sent.',
      zh: '事件做到一半时，租户切换到了观察模式，之后不再发送任何操作。',
    },
    todo: REPLAY_WHEN_LIVE,
  },
  stuck: {
    state: 'parked',
    means: {
      en: '`reconcile` queued it again and again for days, without effect.',
      zh: '`reconcile` 连续几天反复入队都没有进展。',
    },
    todo: { en: 'See the log of `apply`, then `replay`.', zh: '看 `apply` 的日志，然后 `replay`。' },
  },
  'undone-by-operator': {
    state: 'parked',
    means: {
      en: 'An operator took back a merge of one of its contacts; in 尘锋 the two may still be one.',
      zh: '运维人员撤销过它某个联系人的合并；在尘锋里两者可能仍是同一个人。',
    },
    todo: {
      en: 'See `who`. `replay` carries it out all the same: it may merge them again.',
      zh: '用 `who` 查看。`replay` 会照样执行，可能再次合并这两个联系人。',
    },
  },
  'tenant-hour-limit': {
    ...VOLUME,
    means: { en: 'More merges in an hour than the tenant’s limit.', zh: '一小时内的合并数超过租户上限。' },
  },
  'survivor-day-limit': {
    ...VOLUME,
    means: {
      en: 'More merges into one contact in a day than the limit.',
      zh: '一天内合并到同一个联系人的数量超过上限。',
    },
  },
  'behind-another-event': {
    state: 'waiting',
    means: {
      en: 'Another event has these contacts; `show` names it.',
      zh: '另一个事件锁着这些联系人，`show` 会说是哪个。',
    },
    todo: {
      en: 'Nothing. If that one is parked with an unanswered call, settle it.',
      zh: '不用管。如果那个事件因未应答的调用而搁置，去处理它。',
    },
  },
  configuration: {
    state: 'waiting',
    means: {
      en: 'The tenant’s `crm` parameter is missing or cannot be used.',
      zh: '租户的 `crm` 参数缺失或无法使用。',
    },
    todo: {
      en: 'The log says which key; mend it. The event goes on.',
      zh: '日志会说是哪个键；改好后事件自动继续。',
    },
  },
  'crm-retry-soon': {
    ...NOT_REACHED,
    means: {
      en: 'The CRM is busy or down; or calls are paused after repeated time-outs.',
      zh: 'CRM 繁忙或不可用；或因连续超时而暂停调用。',
    },
  },
  'crm-retry-after': {
    ...NOT_REACHED,
    means: { en: 'The CRM’s limit is used up; it named a time.', zh: 'CRM 的限额用完了，它说了恢复时间。' },
  },
  'crm-ambiguous': {
    ...NOT_REACHED,
    means: {
      en: 'A call was not answered; the CRM is asked what became of it.',
      zh: '有一次调用没有应答，正在向 CRM 查询结果。',
    },
  },
  'unknown-in-crm': {
    state: 'skipped',
    means: {
      en: 'The CRM knows none of these contacts. The aliases are kept.',
      zh: 'CRM 里没有这些联系人。别名照样保留。',
    },
    todo: { en: 'Nothing, or set `whenMissing`.', zh: '不用管，或设置 `whenMissing`。' },
  },
  observed: {
    state: 'skipped',
    means: { en: 'Observe mode: planned, not written.', zh: '观察模式：只做计划，不写入。' },
    todo: REPLAY_WHEN_LIVE,
  },
  'not-linked': {
    state: 'skipped',
    parameter: 'REASON',
    means: {
      en: 'An event about one contact gave no record its id: REASON',
      zh: '关于单个联系人的事件没有给任何记录写入 id：REASON',
    },
    todo: { en: 'Nothing, or link it by hand: page “First linking”.', zh: '不用管，或人工关联，见“首次关联”页。' },
  },
  linked: {
    state: 'applied',
    means: {
      en: 'An event about one contact: its record carries the id now.',
      zh: '关于单个联系人的事件：对应记录已写入 id。',
    },
    todo: { en: '–', zh: '–' },
  },
  undone: {
    state: 'applied',
    means: { en: 'It was merged, and an operator took the merge back.', zh: '已合并，之后由运维人员撤销。' },
    todo: {
      en: 'Nothing. Later events about these contacts are parked.',
      zh: '不用管。之后涉及这些联系人的事件会搁置。',
    },
  },
  'undo-refused': {
    state: 'applied',
    parameter: 'REASON',
    means: {
      en: 'It is merged. An undo was asked for and refused before anything was changed: REASON',
      zh: '合并仍然有效。请求过撤销，在改动任何内容之前被拒绝：REASON',
    },
    todo: { en: '`undo` says why, and what to do.', zh: '`undo` 会说明原因和办法。' },
  },
  'nothing-left-to-do': {
    state: 'applied',
    means: { en: 'Everything it says was so already.', zh: '它说的一切本来就已如此。' },
    todo: { en: '–', zh: '–' },
  },
  'not-a-merge': {
    state: 'ignored',
    means: { en: 'Another kind of event.', zh: '其他类型的事件。' },
    todo: { en: '–', zh: '–' },
  },
} as const satisfies Record<string, ReasonFacts>;
