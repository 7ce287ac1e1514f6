import type { Erasable, Erasure } from '../../forget/plan-erasure.ts';
import type { Language } from '../../sentence.ts';
import { printableId } from '../printable.ts';

/** What `forget` says of a plan; counts and ids only. */
export interface ErasureCounts {
  contacts: number;
  events: number;
  payloads: number;
  plans: number;
  /** Events whose values were erased before, wholly. */
  erasedBefore: number;
  /** Events that cannot be replayed afterwards. */
  losingReplay: number;
  underWay: number;
  seen: number;
}

export const holdsValues = ({ payload, plans, undoPlans }: Erasable): boolean =>
  payload || plans.length > 0 || undoPlans.length > 0;

export function countsOf({ contacts, events, underWay, seen }: Erasure): ErasureCounts {
  const open = events.filter(holdsValues);
  return {
    contacts: contacts.length,
    events: open.length,
    payloads: open.filter(({ payload }) => payload).length,
    plans: open.reduce((sum, { plans, undoPlans }) => sum + plans.length + undoPlans.length, 0),
    erasedBefore: events.length - open.length,
    losingReplay: open.filter(({ losesReplay }) => losesReplay).length,
    underWay: underWay.length,
    seen,
  };
}

const MAX_SHOWN = 20;

/** Who is one person, and what would be erased, kept, and left where this command does not reach. */
export function erasureLines(erasure: Erasure, language: Language): string[] {
  return [...personLines(erasure, language), '', ...countLines(countsOf(erasure), language), '', ...LEFT[language]];
}

function personLines({ contact, survivor, contacts }: Erasure, language: Language): string[] {
  const others = contacts.length - MAX_SHOWN;
  const zh = language === 'zh';
  const head = zh
    ? `联系人 ${printableId(contact)}：以下 ${contacts.length} 个联系人是同一个人`
    : `contact ${printableId(contact)}: ${contacts.length} contacts that are one person`;
  const rest = zh ? `  以及另外 ${others} 个` : `  and ${others} more`;
  const one = (id: string) => `  ${printableId(id)}${id === survivor ? (zh ? '（主联系人）' : '  (survivor)') : ''}`;
  return [head, ...contacts.slice(0, MAX_SHOWN).map(one), ...(others > 0 ? [rest] : [])];
}

function countLines(counts: ErasureCounts, language: Language): string[] {
  const { seen, events, payloads, plans, erasedBefore, losingReplay } = counts;
  if (language === 'zh')
    return [
      `查看了 ${seen} 个事件，其中 ${events} 个仍有此人的数据`,
      `  ${payloads}  份原文：尘锋发来的内容`,
      `  ${plans}  份计划：合并前的记录，以及写入的值`,
      ...(erasedBefore > 0 ? [`${erasedBefore} 个事件此前已清除`] : []),
      ...(losingReplay > 0 ? [`其中 ${losingReplay} 个事件清除后无法重放`] : []),
    ];
  return [
    `${seen} events looked at, ${events} still hold data of this person`,
    `  ${payloads}  payloads: what 尘锋 sent`,
    `  ${plans}  plans: records as they were, and what was written`,
    ...(erasedBefore > 0 ? [`${erasedBefore} events were erased before`] : []),
    ...(losingReplay > 0 ? [`${losingReplay} of them cannot be replayed afterwards`] : []),
  ];
}

/** Whole paragraphs: the terminal breaks their lines. */
const LEFT: Record<Language, string[]> = {
  en: [
    'Stays: contact, event and record ids, states, times, aliases, calls and their codes; hashes of numbers and addresses that link --remember kept.',
    'Not reached from here: the CRM; backups of the tables, until they end; files of link and export; events that 尘锋 sends from now on. Logs, queues and alarms hold ids only.',
  ],
  zh: [
    '保留：联系人、事件和记录的 id，状态、时间、别名、调用及其代码，以及 link --remember 记住的号码和邮箱的哈希值。',
    '此命令触及不到：CRM；数据表的备份（到期为止）；link 与 export 生成的文件；尘锋今后发来的事件。日志、队列和告警里只有 id。',
  ],
};
