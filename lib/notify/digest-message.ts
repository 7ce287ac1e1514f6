import type { EventList } from '../ledger/event-states.ts';
import { type Reason, reasonFacts, reasonName } from '../ledger/reasons.ts';
import { type Count, forAPerson, type WaitingGroup } from '../ledger/what-waits.ts';
import type { Language, Sentence } from '../sentence.ts';
import type { Teller } from './alarm-message.ts';
import type { TenantDigest } from './digest.ts';
import type { Line, Message } from './message.ts';
import { ageText, type Day } from './time-words.ts';

const LISTS: Record<EventList, Sentence> = {
  applied: { en: 'merged', zh: '已合并' },
  unlinked: { en: 'over, contacts unknown to the CRM', zh: '已结束但 CRM 不认识联系人' },
  skipped: { en: 'skipped', zh: '已跳过' },
  observed: { en: 'observed', zh: '仅观察' },
  ignored: { en: 'ignored, no merge', zh: '已忽略（不是合并）' },
  held: { en: 'held', zh: '已拦下' },
  parked: { en: 'parked', zh: '已搁置' },
  open: { en: 'on their way', zh: '处理中' },
};
const ORDER = Object.keys(LISTS) as EventList[];

const listed = ({ count, isMore }: Count) => (isMore ? `${count}+` : String(count));

/** The message of a day: what came, what waits and for how long, and the first thing to do. @param now milliseconds since 1970 */
export function digestMessage(digests: TenantDigest[], day: Day, teller: Teller, now: number): Message {
  const { language, prefix } = teller;
  const sorted = [...digests].sort((a, b) => forAPerson(b).length - forAPerson(a).length);
  const title = language === 'zh' ? `[日报] ${prefix} ${day.name}` : `[Daily] ${prefix} ${day.name}`;
  return { tone: 'plain', title, lines: sorted.flatMap((digest) => tenantLines(digest, teller, now)) };
}

function tenantLines(digest: TenantDigest, teller: Teller, now: number): Line[] {
  const { language } = teller;
  const [first] = forAPerson(digest);
  return [
    `**${digest.tenant}**`,
    cameLine(digest, language),
    ...byName(digest.waiting).map((group) => groupLine(group, language, now)),
    ...(first ? firstThing(first, digest.tenant, teller) : [NOTHING[language]]),
  ];
}

const NOTHING: Sentence = { en: 'Nothing waits for a decision.', zh: '没有等待决定的事件。' };

function cameLine({ came, open }: TenantDigest, language: Language): string {
  const parts = ORDER.flatMap((list) => {
    const count = came[list];
    return count ? [`${LISTS[list][language]} ${listed(count)}`] : [];
  });
  if (language === 'zh') return `收到：${parts.join('，') || '没有事件'}。现在处理中：${listed(open)}。`;
  return `Came in: ${parts.join(', ') || 'no event'}. On their way now: ${listed(open)}.`;
}

/**
 * Groups by the name of their reason alone. What follows the name is a code of the CRM or the name of a field: text from
 * outside has no place in a group, and `events` shows it.
 */
function byName(groups: WaitingGroup[]): WaitingGroup[] {
  const named = new Map<string, WaitingGroup>();
  for (const group of groups) {
    const reason = group.reason && reasonName(group.reason as Reason);
    const { count = 0, since = group.since } = named.get(`${group.list} ${reason}`) ?? {};
    const together = { count: count + group.count, since: Math.min(since, group.since) };
    named.set(`${group.list} ${reason}`, { ...group, reason, ...together });
  }
  return [...named.values()];
}

function groupLine({ list, reason, count, since }: WaitingGroup, language: Language, now: number): string {
  const what = reason === '' ? LISTS[list][language] : `${LISTS[list][language]} ${reason}`;
  const age = ageText(now - since, language);
  return language === 'zh' ? `- ${what}：${count} 个，最早的已 ${age}` : `- ${what}: ${count}, the oldest for ${age}`;
}

/** What to do about the reason that has waited longest, and the command that lists its events. */
function firstThing({ list, reason }: WaitingGroup, tenant: string, { language, prefix }: Teller): Line[] {
  const chosen = list === 'held' ? '--state held' : `--reason ${reasonName(reason as Reason)}`;
  const todo = reasonFacts(reason as Reason)?.todo[language] ?? '';
  return [
    language === 'zh' ? `先做：${todo}` : `First: ${todo}`,
    { command: `npx merge-sync events ${chosen} --prefix ${prefix} --tenant ${tenant}` },
  ];
}
