import type { FieldOutcome, UndoneContact } from '../ledger/undo-plans.ts';
import type { Sentence } from '../sentence.ts';

/** What an undo does to a property of a record. */
export const OUTCOME_WORDS: Record<FieldOutcome, Sentence> = {
  restore: { en: 'will be restored', zh: '将恢复' },
  kept: { en: 'changed since the merge: kept as it is', zh: '合并后有人改过，保持现状' },
  cannot: { en: 'cannot be restored', zh: '无法恢复' },
  'as-before': { en: 'is as it was before', zh: '现在就是合并前的值' },
};

/** How a contact that was merged away comes back. */
export const COMES_BACK_WORDS: Record<NonNullable<UndoneContact['comesBackAs']>, Sentence> = {
  itself: { en: 'itself, under its own record id', zh: '恢复为原记录，记录 id 不变' },
  'new-record': { en: 'as a new record, with these values', zh: '新建一条记录，写入以下值' },
  'as-told': { en: 'as the CRM, which is told, decides', zh: '由收到通知的 CRM 自行决定' },
  'no-record': { en: 'it had no record: in the ledger only', zh: '原本没有记录，只在账本里恢复' },
};

export const ROLE_WORDS: Record<UndoneContact['role'], Sentence> = {
  survivor: { en: 'stays', zh: '保留' },
  loser: { en: 'comes back', zh: '恢复' },
};
