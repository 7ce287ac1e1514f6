import type { JournalEntry } from '../../ledger/journal.ts';
import { bracketed, type Language } from '../../sentence.ts';
import { CALL } from './call.ts';
import { reasonMeaning } from './reason-sentences.ts';
import { type TextName, tellIn } from './texts.ts';

const isTold = (word: string) => Object.hasOwn(CALL, word);

/** What was asked of the CRM; the journal's word where there is no sentence for it. */
export const callText = ({ call }: JournalEntry, language: Language): string =>
  isTold(call) ? tellIn(language)(`call.${call}` as TextName) : call;

/** What came of it, with the CRM's own code in brackets. A refusal for good is told as the reason it became. */
export function outcomeText({ outcome, code }: JournalEntry, language: Language): string {
  const said = isTold(outcome) ? tellIn(language)(`call.${outcome}` as TextName) : withoutStop(outcome, language);
  return code ? `${said}${bracketed(code, language)}` : said;
}

const withoutStop = (reason: string, language: Language) => reasonMeaning(reason, { language }).replace(/[.。]$/, '');
