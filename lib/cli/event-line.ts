import type { EventRecord } from '../ledger/event-record.ts';
import { localTime } from '../local-time.ts';
import type { Language } from '../sentence.ts';
import { EVENT_WORDS, type EventWords } from './event-words.ts';
import { printableId } from './printable.ts';

const SHOWN_MISSING = 3;

function missingIn({ missing }: EventRecord, words: EventWords): string {
  if (!missing) return '';
  const shown = missing.slice(0, SHOWN_MISSING).map(printableId);
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
    missingIn(record, words),
    record.state === 'waiting' && record.behind ? words.behind(printableId(record.behind)).trim() : '',
  ]
    .filter(Boolean)
    .join('  ');
}
