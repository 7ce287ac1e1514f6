import type { TakenAction } from '../ledger/event-record.ts';
import type { EventList } from '../ledger/event-states.ts';

/** Chinese names of the lists of events and of an operator's actions; in English they are the words of the code. */
export const LISTS: Record<EventList, string> = {
  parked: '已搁置',
  held: '已拦下',
  open: '未完成',
  applied: '已完成',
  skipped: '已跳过',
  ignored: '已忽略',
  unlinked: '缺少关联',
  observed: '观察过',
};
export const ACTIONS: Record<TakenAction, string> = {
  replay: '重试',
  release: '放行',
  'settle-done': '确认调用已生效',
  'settle-not-done': '确认调用未生效',
  forget: '清除个人数据',
  undo: '撤销合并',
};
