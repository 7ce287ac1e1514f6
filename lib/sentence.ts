/** The same in both languages. */
export interface Sentence {
  en: string;
  zh: string;
}

export type Language = keyof Sentence;

/** The language of the terminal, as its locale variables say. */
export function languageOf(env: { [name: string]: string | undefined }): Language {
  return /^zh/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ? 'zh' : 'en';
}

/** What stands between a label and what it labels. */
export const colon = (language: Language): string => (language === 'zh' ? '：' : ': ');

/** What stands between the parts of a sentence. */
export const comma = (language: Language): string => (language === 'zh' ? '，' : ', ');

/** An addition in brackets, behind a sentence. */
export const bracketed = (text: string, language: Language): string =>
  language === 'zh' ? `（${text}）` : ` (${text})`;
