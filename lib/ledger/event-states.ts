/**
 * The list an event stands in, at each time exactly one: `open` is what reconcile looks at, `held` and `parked` wait for
 * an operator, the others are over: `unlinked` where the CRM did not know all of their contacts, `observed` where they
 * were planned in observe mode.
 */
export type EventList = 'open' | 'held' | 'parked' | 'unlinked' | 'observed' | 'applied' | 'skipped' | 'ignored';

/** What an operator may do with an event; `lib/recovery/operator-actions.ts` carries it out. */
export type OperatorAction = 'replay' | 'release' | 'settle-done' | 'settle-not-done';

interface StateFacts {
  /** The list that an event in this state stands in. */
  list: EventList;
  /** Lists that it stands in instead, where something may be left to do. */
  elsewhere?: readonly EventList[];
  /** Whether a worker may take the event when its message comes. */
  claimable: boolean;
  /** Nothing more happens by itself. */
  final: boolean;
  /** What an operator may do; `settle-…` only while a call is unanswered. */
  operatorActions: OperatorAction[];
  /** What it is called on a page. */
  name: { en: string; zh: string };
  /** What the state says, for pages, command and console. */
  means: { en: string; zh: string };
}

const OPEN = { list: 'open', claimable: true, final: false, operatorActions: [] as OperatorAction[] } as const;
const FINAL = { claimable: false, final: true } as const;

/** Every state an event can be in. Which may follow which: `transitions.ts`. */
export const EVENT_STATES = {
  stored: {
    ...OPEN,
    name: { en: 'Received', zh: '已存储' },
    means: { en: 'accepted; no worker has taken it yet', zh: '已接收，尚未有工作进程处理' },
  },
  queued: { ...OPEN, name: { en: 'Queued', zh: '已入队' }, means: { en: 'back in the queue', zh: '重新入队' } },
  working: { ...OPEN, name: { en: 'In progress', zh: '处理中' }, means: { en: 'a worker has it', zh: '正在处理' } },
  waiting: {
    ...OPEN,
    name: { en: 'Waiting', zh: '等待中' },
    means: {
      en: 'waits for the CRM, or for another event about the same contacts',
      zh: '等待 CRM，或等待涉及同一联系人的另一个事件',
    },
  },
  held: {
    name: { en: 'Held', zh: '已拦下' },
    list: 'held',
    claimable: false,
    final: false,
    operatorActions: ['release'],
    means: { en: 'stopped by the volume limit', zh: '被合并数上限拦下' },
  },
  parked: {
    name: { en: 'Parked', zh: '已搁置' },
    list: 'parked',
    claimable: false,
    final: false,
    operatorActions: ['replay', 'settle-done', 'settle-not-done'],
    means: { en: 'needs a human; the reason says why', zh: '需要人工处理，原因字段说明为什么' },
  },
  applied: {
    ...FINAL,
    name: { en: 'Merged', zh: '已合并' },
    list: 'applied',
    elsewhere: ['unlinked'],
    operatorActions: ['replay'],
    means: { en: 'done', zh: '已完成' },
  },
  skipped: {
    ...FINAL,
    name: { en: 'Skipped', zh: '已跳过' },
    list: 'skipped',
    elsewhere: ['unlinked', 'observed'],
    operatorActions: ['replay'],
    means: { en: 'nothing to do in the CRM, or observe mode', zh: 'CRM 里无事可做，或处于观察模式' },
  },
  ignored: {
    ...FINAL,
    name: { en: 'Ignored', zh: '已忽略' },
    list: 'ignored',
    operatorActions: [],
    means: { en: 'genuine, but not a contact merge', zh: '真实事件，但不是联系人合并' },
  },
} as const satisfies Record<string, StateFacts>;

export type EventState = keyof typeof EVENT_STATES;

export const ALL_STATES = Object.keys(EVENT_STATES) as EventState[];

const facts = (state: EventState): StateFacts => EVENT_STATES[state];

export const isFinal = (state: EventState): boolean => facts(state).final;

export const isClaimable = (state: EventState): boolean => facts(state).claimable;

export const listOf = (state: EventState): EventList => facts(state).list;

/** Every list that events in this state stand in, each in one of them. */
export const listsOf = (state: EventState): EventList[] => [facts(state).list, ...(facts(state).elsewhere ?? [])];

export const ALL_LISTS: EventList[] = [...new Set(ALL_STATES.flatMap(listsOf))];

export const operatorActionsOf = (state: EventState): OperatorAction[] => facts(state).operatorActions;
