import { type Reason, reasonFacts } from '../../ledger/reasons.ts';
import type { Language } from '../../sentence.ts';

/** What a reason says, in a sentence; its code where none is known. @param reason as stored */
export const reasonMeaning = (reason: string, { language }: { language: Language }): string =>
  filledIn(reasonFacts(reason as Reason)?.means[language] ?? reason, reason);

/** What an operator does about it, or nothing. */
export const reasonTodo = (reason: string, { language }: { language: Language }): string =>
  filledIn(reasonFacts(reason as Reason)?.todo[language] ?? '', reason);

/** `CODE`, `FIELD` or `REASON` of a table's sentence stand for what the reason has behind its colon. */
function filledIn(sentence: string, reason: string): string {
  const parameter = reason.includes(':') ? reason.slice(reason.indexOf(':') + 1) : '…';
  return sentence.replace(/\b(CODE|FIELD|REASON)\b/g, () => parameter);
}
