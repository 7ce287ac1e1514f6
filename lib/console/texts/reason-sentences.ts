import { type Reason, reasonFacts } from '../../ledger/reasons.ts';
import { EVENT_LINK_REASONS } from '../../linking/event-reasons.ts';
import { LINK_REASONS } from '../../linking/reasons.ts';
import { bracketed, type Language, type Sentence } from '../../sentence.ts';

/** What a reason says, in a sentence; its code where none is known. @param reason as stored */
export const reasonMeaning = (reason: string, { language }: { language: Language }): string =>
  filledIn(reasonFacts(reason as Reason)?.means[language] ?? reason, reason, language);

/** What an operator does about it, or nothing. */
export const reasonTodo = (reason: string, { language }: { language: Language }): string =>
  filledIn(reasonFacts(reason as Reason)?.todo[language] ?? '', reason, language);

/** `CODE`, `FIELD` or `REASON` of a table's sentence stand for what the reason has behind its colon. */
function filledIn(sentence: string, reason: string, language: Language): string {
  const parameter = reason.includes(':') ? reason.slice(reason.indexOf(':') + 1) : '…';
  return sentence
    .replace(/\bREASON\b/g, () => meaningWithin(parameter, language))
    .replace(/\b(CODE|FIELD)\b/g, () => parameter);
}

/** A reason within a reason is told as well: why an event waited before it was given up, why a record was not linked. */
function meaningWithin(reason: string, language: Language): string {
  const ofLinking = (NOT_LINKED as Record<string, Sentence>)[reason];
  if (ofLinking) return `${ofLinking[language]}${language === 'zh' ? '。' : '.'}`;
  const meaning = reasonMeaning(reason, { language });
  const code = reason.split(':')[1];
  return code === undefined || meaning.includes(code) ? meaning : `${meaning}${bracketed(code, language)}`;
}

const NOT_LINKED = { ...LINK_REASONS, ...EVENT_LINK_REASONS };
