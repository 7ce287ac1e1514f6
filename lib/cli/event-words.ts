import type { TakenAction } from '../ledger/event-record.ts';
import type { Language } from '../sentence.ts';
import { ACTIONS } from './chinese-names.ts';

/** What `events`, `show`, `who`, `replay`, `release` and `settle` say; one table a language, of the same shape. */
export interface EventWords {
  toDo: string;
  /** Before the sentences of lib/ledger/reasons.ts. */
  behind(event: string): string;
  notBefore(time: string): string;
  survivor: string;
  loser: string;
  more(count: number): string;
  contactsExpired: string;
  valuesErased: string;
  plansExpired(numbers: number[]): string;
  received: string;
  action(action: TakenAction, by: string): string;
  plan(number: number): string;
  merge: string;
  into: string;
  mergedBefore: string;
  unknownInCrm: string;
  nothingLeft: string;
  createRecord(contact: string): string;
  mergeRecord: string;
  record(id: string | undefined): string;
  intoRecord(record: string): string;
  recordOf(record: string, contact: string | undefined): string;
  adopted(contact: string): string;
  call(plan: number, call: string, attempt: number): string;
  mergedInto(contact: string): string;
  byEvent(event: string): string;
  isItself: string;
  crmRecord(id: string): string;
  lockedBy(event: string): string;
  notInCrm(contacts: string[], more: number): string;
  plans(counts: PlanCounts): string;
  queued(count: number): string;
  problems(unknown: number, impossible: number): string;
}

/** Of the plans made in observe mode: how many of their contacts the CRM knows. */
export interface PlanCounts {
  complete: number;
  partlyUnknown: number;
  whollyUnknown: number;
  /** Parked instead of planned. */
  contradictory: number;
}

const isAre = (numbers: number[]) => (numbers.length === 1 ? ` ${numbers[0]} is` : `s ${numbers.join(', ')} are`);

const ENGLISH: EventWords = {
  toDo: 'To do: ',
  behind: (event) => ` (behind ${event})`,
  notBefore: (time) => `not before ${time}`,
  survivor: 'survivor ',
  loser: '  loser    ',
  more: (count) => `${count} more`,
  contactsExpired: 'its contacts are not known any more: the payload has expired',
  valuesErased: 'its values were erased: it cannot be replayed any more',
  plansExpired: (numbers) => `plan${isAre(numbers)} not kept any more`,
  received: 'received',
  action: (action, by) => `${action} by ${by}`,
  plan: (number) => `plan ${number}`,
  merge: '    merge ',
  into: '    into  ',
  mergedBefore: '    every loser was merged before',
  unknownInCrm: '    the CRM knows none of them',
  nothingLeft: '    nothing is left to do in the CRM',
  createRecord: (contact) => `    create a record for ${contact}`,
  mergeRecord: '    merge record ',
  record: (id) => (id === undefined ? 'its record' : `record ${id}`),
  intoRecord: (record) => `    into ${record}`,
  recordOf: (record, contact) => `    ${record}${contact === undefined ? '' : ` of ${contact}`}`,
  adopted: (contact) => `    becomes that of ${contact}, which had none`,
  call: (plan, call, attempt) => `plan ${plan}, ${call}, attempt ${attempt}: `,
  mergedInto: (contact) => `merged into ${contact}`,
  byEvent: (event) => `by event ${event}`,
  isItself: 'is itself',
  crmRecord: (id) => `CRM record ${id}`,
  lockedBy: (event) => `locked by event ${event}`,
  notInCrm: (contacts, more) => `not in the CRM: ${contacts.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
  plans: ({ complete, partlyUnknown, whollyUnknown, contradictory }) =>
    `plans: ${complete} complete, ${partlyUnknown} partly unknown in the CRM, ${whollyUnknown} wholly unknown, ` +
    `${contradictory} contradictory (parked)`,
  queued: (count) => `${count} queued`,
  problems: (unknown, impossible) =>
    `${[
      ...(unknown > 0 ? [`${unknown} unknown`] : []),
      ...(impossible > 0 ? [`${impossible} not possible in their state`] : []),
    ].join(', ')}: ${[
      ...(unknown > 0 ? ['check the id and --tenant'] : []),
      ...(impossible > 0 ? ['npx merge-sync show EVENT_ID says its state'] : []),
    ].join('; ')}`,
};

const CHINESE: EventWords = {
  toDo: '处理：',
  behind: (event) => `（排在 ${event} 之后）`,
  notBefore: (time) => `最早 ${time}`,
  survivor: '主联系人   ',
  loser: '  被合并     ',
  more: (count) => `另有 ${count} 个`,
  contactsExpired: '已不知道涉及哪些联系人：原始内容已过期',
  valuesErased: '其中的个人数据已被清除，无法再重放',
  plansExpired: (numbers) => `计划 ${numbers.join('、')} 已不再保存`,
  received: '已接收',
  action: (action, by) => `${by}：${ACTIONS[action]}（${action}）`,
  plan: (number) => `计划 ${number}`,
  merge: '    合并 ',
  into: '    并入 ',
  mergedBefore: '    被合并联系人此前都已合并',
  unknownInCrm: '    CRM 不认识其中任何一个',
  nothingLeft: '    CRM 里无需再做什么',
  createRecord: (contact) => `    为 ${contact} 新建记录`,
  mergeRecord: '    合并记录 ',
  record: (id) => (id === undefined ? '其记录' : `记录 ${id}`),
  intoRecord: (record) => `    并入${record}`,
  recordOf: (record, contact) => `    ${contact === undefined ? '' : `${contact} 的`}${record}`,
  adopted: (contact) => `    归 ${contact} 所有，它原来没有记录`,
  call: (plan, call, attempt) => `计划 ${plan}，${call}，第 ${attempt} 次：`,
  mergedInto: (contact) => `已并入 ${contact}`,
  byEvent: (event) => `依据事件 ${event}`,
  isItself: '未被合并',
  crmRecord: (id) => `CRM 记录 ${id}`,
  lockedBy: (event) => `被事件 ${event} 锁定`,
  notInCrm: (contacts, more) => `CRM 里没有：${contacts.join('、')}${more > 0 ? ` 等，另有 ${more} 个` : ''}`,
  plans: ({ complete, partlyUnknown, whollyUnknown, contradictory }) =>
    `计划：完整 ${complete} 个，CRM 只认识一部分 ${partlyUnknown} 个，全不认识 ${whollyUnknown} 个，互相矛盾（已搁置）${contradictory} 个`,
  queued: (count) => `${count} 个已入队`,
  problems: (unknown, impossible) =>
    `${[
      ...(unknown > 0 ? [`${unknown} 个不存在`] : []),
      ...(impossible > 0 ? [`${impossible} 个在当前状态下不能这样处理`] : []),
    ].join('，')}：${[
      ...(unknown > 0 ? ['请核对事件 id 和 --tenant'] : []),
      ...(impossible > 0 ? ['用 npx merge-sync show EVENT_ID 查看状态'] : []),
    ].join('；')}`,
};

export const EVENT_WORDS: Record<Language, EventWords> = { en: ENGLISH, zh: CHINESE };
