import type { EventRecord } from '../ledger/event-record.ts';
import { localTime } from '../local-time.ts';
import type { Language } from '../sentence.ts';
import { EVENT_WORDS, type EventWords } from './event-words.ts';
import { printableId } from './printable.ts';

const SHOWN_MISSING = 3;

/** The contacts of an event that the CRM does not know; empty where there are none. @param most so many are named */
export function missingText({ missing }: EventRecord, words: EventWords, most = SHOWN_MISSING): string {
  if (!missing) return '';
  const shown = missing.slice(0, most).map(printableId);
  return words.notInCrm(shown, missing.length - shown.length);
}

/** An event in one line: when it was received (local time), its id, its state and why. */
export function eventLine(record: EventRecord, language: Language): string {
  const words = EVENT_WORDS[language];
  return [
    localTime(record.receivedAt),
    printableId(record.eventId),
    record.state,
    printableId(record.reason ?? ''),
    missingText(record, words),
    record.state === 'waiting' && record.behind ? words.behind(printableId(record.behind)).trim() : '',
  ]
    .filter(Boolean)
    .join('  ');
}
