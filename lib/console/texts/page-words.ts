import type { Language, Sentence } from '../../sentence.ts';
import { EVENT } from './event.ts';
import { FRAME } from './frame.ts';
import { LINK } from './link.ts';
import { UNDO } from './undo.ts';

/** What the pages call what the ledger's tables name by the words of the command. */
const NAMES: Record<string, Sentence> = {
  replay: quoted(EVENT.replay),
  release: quoted(EVENT.release),
  settle: { en: 'say what is true', zh: '选择实际情况' },
  'link --event': quoted(LINK.show),
  undo: quoted(UNDO.show),
  show: { en: 'the event’s page', zh: '事件页' },
  who: { en: 'the contact’s page', zh: '联系人页' },
};

function quoted({ en, zh }: Sentence): Sentence {
  return { en: `“${en}”`, zh: `“${zh}”` };
}

/** A sentence about an event with the names of buttons and pages in place of the command's words. */
export function inPageWords(text: string, language: Language): string {
  const named = text
    .replace(/`replay --all --reason [^`]+`/g, () => forAll(language))
    .replace(/(用)? ?`([a-z-]+(?: --event)?)` ?/g, (whole, use = '', word: string) => {
      const name = NAMES[word]?.[language];
      if (name === undefined) return whole;
      if (language === 'en') return whole.replace(`\`${word}\``, name);
      return (word === 'settle' ? '' : use) + name;
    });
  return language === 'en' ? named.charAt(0).toUpperCase() + named.slice(1) : named;
}

const forAll = (language: Language) =>
  language === 'zh'
    ? `在“${FRAME.bulk.zh}”里对所有这类事件“${EVENT.replay.zh}”`
    : `“${EVENT.replay.en}” for all of them (${FRAME.bulk.en})`;
