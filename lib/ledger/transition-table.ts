import type { EventFacts, Lease, Progress } from './event-record.ts';
import type { EventState } from './event-states.ts';

/** When reconcile looks at an open event if nothing has moved by then. */
export type LookAgain =
  /** Exactly after `graceMs`: a message may be missing. */
  | 'grace'
  /** After about `stuckMs`: a message is on its way. */
  | 'stuck'
  /** After `stuckMs`, doubled with every time reconcile queued the event again. */
  | 'backoff'
  /**
   * After the worker's lease and `graceMs`, up to `stuckMs` later: its message comes back by itself. Later still where
   * reconcile has queued the event before.
   */
  | 'lease'
  /** At `resumeAt`: no message comes for it. */
  | 'resume'
  /** `graceMs` after `resumeAt` or up to `stuckMs` later: a message comes first. */
  | 'resume-and-grace'
  /** Never: final, or for an operator. */
  | 'never';

/** One move of the table. */
export interface Rule {
  from: EventState[];
  to: EventState;
  /** `kept`: a plan under way stays and its contacts stay locked. `freed`: they were unlocked before. */
  contacts: 'kept' | 'freed';
  /** Fields that this move takes off the record. */
  clears: readonly (keyof AllFields)[];
  lookAgain: LookAgain;
  /** What happens, for the pages. */
  when: { en: string; zh: string };
}

/** Every field that some state has. */
export type AllFields = EventFacts & {
  reason: string;
  progress: Progress;
  worker: Lease;
  resumeAt: number;
  behind: string;
};

const LEAVE = ['worker', 'reason', 'requeues', 'behind', 'resumeAt'] as const;
// What the last plan found out; the move says it anew.
const KNOWN = ['missing', 'unknown'] as const;
const RETURN = ['reason', 'failures', 'firstFailureAt', 'requeues', 'resumeAt', 'behind'] as const;

/** Every move an event can make after it was received. `transition` is the only code that makes one. */
export const TRANSITIONS = {
  recognise: {
    from: ['ignored', 'parked'],
    to: 'stored',
    contacts: 'kept',
    clears: ['reason'],
    lookAgain: 'grace',
    when: {
      en: 'a later copy of the same content shows that it is a merge',
      zh: '同一内容的后续副本表明它是合并事件',
    },
  },
  'park-late': {
    from: ['ignored'],
    to: 'parked',
    contacts: 'kept',
    clears: [],
    lookAgain: 'never',
    when: {
      en: 'a later copy of the same content is named a merge and cannot be read',
      zh: '同一内容的后续副本名为合并事件，但无法读取',
    },
  },
  unsent: {
    from: ['stored'],
    to: 'stored',
    contacts: 'kept',
    clears: [],
    lookAgain: 'grace',
    when: { en: '`receive` could not send its message', zh: '`receive` 未能发出消息' },
  },
  claim: {
    from: ['stored', 'queued', 'working', 'waiting'],
    to: 'working',
    contacts: 'kept',
    clears: ['behind', 'resumeAt'],
    lookAgain: 'lease',
    when: { en: 'a worker takes the lease; an old lease has ended', zh: '工作进程取得租约，旧租约已结束' },
  },
  progress: {
    from: ['working'],
    to: 'working',
    contacts: 'kept',
    clears: [],
    lookAgain: 'lease',
    when: { en: 'an intent or an answer is recorded', zh: '记录一次意图或应答' },
  },
  'start-plan': {
    from: ['working'],
    to: 'working',
    contacts: 'kept',
    clears: ['turns'],
    lookAgain: 'lease',
    when: { en: 'the plan is stored and starts', zh: '计划已存好，开始执行' },
  },
  answered: {
    from: ['working'],
    to: 'working',
    contacts: 'kept',
    clears: ['failures', 'firstFailureAt'],
    lookAgain: 'lease',
    when: { en: 'the CRM has done a step', zh: 'CRM 完成了一步' },
  },
  'out-of-time': {
    from: ['working'],
    to: 'queued',
    contacts: 'kept',
    clears: LEAVE,
    lookAgain: 'stuck',
    when: { en: 'the function’s time is up; the next one goes on', zh: '函数时间用完，由下一次接着做' },
  },
  'next-part': {
    from: ['working'],
    to: 'queued',
    contacts: 'freed',
    clears: [...LEAVE, ...KNOWN],
    lookAgain: 'stuck',
    when: {
      en: 'a part of an event with more than 2 000 losers is done; the next one is queued',
      zh: '被合并联系人超过 2000 个的事件完成了一部分，下一部分入队',
    },
  },
  'wait-for-contacts': {
    from: ['working'],
    to: 'waiting',
    contacts: 'freed',
    clears: LEAVE,
    lookAgain: 'resume',
    when: { en: 'another event has one of its contacts', zh: '它的某个联系人被另一个事件锁着' },
  },
  'wait-for-crm': {
    from: ['working'],
    to: 'waiting',
    contacts: 'kept',
    clears: LEAVE,
    lookAgain: 'resume-and-grace',
    when: { en: 'the CRM cannot be asked now, for 15 minutes at most', zh: 'CRM 暂时无法调用，最多 15 分钟' },
  },
  rest: {
    from: ['working'],
    to: 'waiting',
    contacts: 'kept',
    clears: LEAVE,
    lookAgain: 'resume',
    when: {
      en: 'the CRM named a later time; `reconcile` queues it then',
      zh: 'CRM 说了更晚的时间，到时由 `reconcile` 入队',
    },
  },
  hold: {
    from: ['working'],
    to: 'held',
    contacts: 'freed',
    clears: LEAVE,
    lookAgain: 'never',
    when: { en: 'a volume limit is reached', zh: '达到合并数上限' },
  },
  park: {
    from: ['working'],
    to: 'parked',
    contacts: 'freed',
    clears: LEAVE,
    lookAgain: 'never',
    when: { en: 'a contradiction, a refusal, patience at its end', zh: '矛盾、被拒绝、或等待到期' },
  },
  'park-unanswered': {
    from: ['working'],
    to: 'parked',
    contacts: 'kept',
    clears: LEAVE,
    lookAgain: 'never',
    when: { en: 'the same, while a call is unanswered', zh: '同上，但有调用未应答' },
  },
  observe: {
    from: ['working'],
    to: 'skipped',
    contacts: 'freed',
    clears: [...LEAVE, ...KNOWN],
    lookAgain: 'never',
    when: { en: 'planned in observe mode', zh: '观察模式下做完计划' },
  },
  skip: {
    from: ['working'],
    to: 'skipped',
    contacts: 'freed',
    clears: [...LEAVE, ...KNOWN],
    lookAgain: 'never',
    when: { en: 'the CRM knows none of the contacts', zh: 'CRM 里没有这些联系人' },
  },
  apply: {
    from: ['working'],
    to: 'applied',
    contacts: 'freed',
    clears: [...LEAVE, ...KNOWN, 'undone', 'despiteUndo'],
    lookAgain: 'never',
    when: { en: 'all steps are done', zh: '所有步骤完成' },
  },
  evict: {
    from: ['working'],
    to: 'queued',
    contacts: 'freed',
    clears: ['worker'],
    lookAgain: 'grace',
    when: {
      en: 'its worker’s lease ended before the plan started, and another event takes its contacts',
      zh: '计划开始前租约已结束，另一个事件取走它的联系人',
    },
  },
  'queue-late': {
    from: ['stored'],
    to: 'queued',
    contacts: 'kept',
    clears: [],
    lookAgain: 'backoff',
    when: { en: '`reconcile`: its message was never sent', zh: '`reconcile`：消息从未发出' },
  },
  resume: {
    from: ['waiting'],
    to: 'queued',
    contacts: 'kept',
    clears: ['behind', 'resumeAt'],
    lookAgain: 'backoff',
    when: { en: '`reconcile`: its time has come', zh: '`reconcile`：到了约定时间' },
  },
  requeue: {
    from: ['queued', 'working'],
    to: 'queued',
    contacts: 'kept',
    clears: ['worker'],
    lookAgain: 'backoff',
    when: { en: '`reconcile`: it has not moved for an hour', zh: '`reconcile`：一小时没有进展' },
  },
  restart: {
    from: ['working'],
    to: 'queued',
    contacts: 'kept',
    clears: ['worker'],
    lookAgain: 'grace',
    when: {
      en: 'the embedded stack starts anew: its earlier workers are gone',
      zh: '本地环境重新启动，先前的工作进程已不在',
    },
  },
  'give-up': {
    from: ['queued', 'working'],
    to: 'parked',
    contacts: 'kept',
    clears: ['worker'],
    lookAgain: 'never',
    when: { en: '`reconcile`: queued six times without effect', zh: '`reconcile`：入队六次仍无进展' },
  },
  replay: {
    from: ['parked'],
    to: 'queued',
    contacts: 'kept',
    clears: RETURN,
    lookAgain: 'grace',
    when: { en: 'an operator replays it', zh: '运维人员重放' },
  },
  'replay-observed': {
    from: ['skipped'],
    to: 'queued',
    contacts: 'kept',
    clears: [...RETURN, 'counted'],
    lookAgain: 'grace',
    when: { en: 'an operator replays what was observed', zh: '运维人员重放观察过的事件' },
  },
  'replay-unlinked': {
    from: ['skipped', 'applied'],
    to: 'queued',
    contacts: 'kept',
    clears: [...RETURN, 'counted', 'losersDone', 'written'],
    lookAgain: 'grace',
    when: {
      en: 'an operator replays an event whose contacts were missing in the CRM',
      zh: '运维人员重放当时 CRM 中缺少联系人的事件',
    },
  },
  'ask-undo': {
    from: ['applied'],
    to: 'queued',
    contacts: 'kept',
    clears: RETURN,
    lookAgain: 'grace',
    when: { en: 'an operator takes its merge back', zh: '运维人员撤销它的合并' },
  },
  'start-undo': {
    from: ['working'],
    to: 'working',
    contacts: 'kept',
    clears: ['turns'],
    lookAgain: 'lease',
    when: { en: 'its contacts are locked, taking the merge back starts', zh: '联系人已锁定，开始撤销合并' },
  },
  undone: {
    from: ['working'],
    to: 'applied',
    contacts: 'freed',
    clears: [...LEAVE, ...KNOWN, 'undo', 'counted', 'released'],
    lookAgain: 'never',
    when: { en: 'its merge is taken back', zh: '合并已撤销' },
  },
  'undo-refused': {
    from: ['working'],
    to: 'applied',
    contacts: 'freed',
    clears: [...LEAVE, 'undo'],
    lookAgain: 'never',
    when: { en: 'its merge cannot be taken back, nothing was changed', zh: '合并无法撤销，没有任何改动' },
  },
  'set-aside': {
    from: ['applied', 'skipped'],
    to: 'parked',
    contacts: 'freed',
    clears: ['counted', 'released', 'losersDone', 'written'],
    lookAgain: 'never',
    when: {
      en: 'the merge that had joined its contacts before it is taken back',
      zh: '先前合并其联系人的那次合并已撤销',
    },
  },
  release: {
    from: ['held'],
    to: 'queued',
    contacts: 'kept',
    clears: [...RETURN, 'counted'],
    lookAgain: 'grace',
    when: { en: 'an operator lets it pass the limit', zh: '运维人员放行' },
  },
  settle: {
    from: ['parked'],
    to: 'queued',
    contacts: 'kept',
    clears: RETURN,
    lookAgain: 'grace',
    when: { en: 'an operator says what became of the unanswered call', zh: '运维人员说明未应答调用的结果' },
  },
} as const satisfies Record<string, Rule>;

export type TransitionName = keyof typeof TRANSITIONS;
