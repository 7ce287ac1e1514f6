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
