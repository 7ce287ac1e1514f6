import { EVENT_STATES, type EventState } from '../ledger/event-states.ts';
import type { Language } from '../sentence.ts';
import { LISTS } from './chinese-names.ts';
import type { Chosen } from './select-events.ts';

/** What `events` says below its list. */
export interface ListEventWords {
  none(chosen: Chosen): string;
  /** With a reason, a time or a contact that was asked for. */
  noneFits: string;
  noneOfContact(contact: string): string;
  all(count: string, chosen: Chosen): string;
  /** @param end which end of the list is shown */
  some(shown: number, of: string, chosen: Chosen, end: 'oldest' | 'newest'): string;
  next(eventId: string): string;
  moreThan(count: number): string;
}

const inEnglish = (chosen: Chosen) => (chosen === 'all' ? 'in all' : chosen);

const inChinese = (chosen: Chosen): string =>
  chosen === 'all' ? '' : ((LISTS as Record<string, string>)[chosen] ?? EVENT_STATES[chosen as EventState].name.zh);

export const LIST_EVENT_WORDS: Record<Language, ListEventWords> = {
  en: {
    none: (chosen) => (chosen === 'all' ? 'there is no event' : `no event is ${chosen}`),
    noneFits: 'no event fits what was asked for',
    noneOfContact: (contact) => `no event that fits names contact ${contact}: check its id, --state and --tenant`,
    all: (count, chosen) => `${count} ${inEnglish(chosen)}`,
    some: (shown, of, chosen, end) => `${shown} of ${of} ${inEnglish(chosen)}, the ${end}: --limit shows more`,
    next: (eventId) => `the next ones: --next ${eventId}`,
    moreThan: (count) => `more than ${count}`,
  },
  zh: {
    none: (chosen) => (chosen === 'all' ? '没有任何事件' : `没有${inChinese(chosen)}的事件`),
    noneFits: '没有符合条件的事件',
    noneOfContact: (contact) => `没有符合条件的事件涉及联系人 ${contact}：请核对其 id、--state 和 --tenant`,
    all: (count, chosen) => (chosen === 'all' ? `共 ${count} 个` : `${count} 个${inChinese(chosen)}`),
    some: (shown, of, chosen, end) =>
      `${of} 个${inChinese(chosen)}，这里是${end === 'oldest' ? '最早' : '最近'}的 ${shown} 个：用 --limit 查看更多`,
    next: (eventId) => `接下来的：--next ${eventId}`,
    moreThan: (count) => `超过 ${count}`,
  },
};
