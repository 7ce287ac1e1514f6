import { inChinese } from '../chinese.ts';
import { UsageError } from '../exit.ts';
import type { Io } from '../io.ts';

/** @throws UsageError where there is no terminal to ask in. */
export async function isConfirmed(question: string, { yes }: { yes?: true }, io: Io): Promise<boolean> {
  if (yes) return true;
  if (!io.ask) throw new UsageError('there is no terminal to ask in: say --yes, and nothing is asked');
  const asked = io.language === 'zh' ? inChinese(question) : question;
  return /^(y|yes|是)$/i.test((await io.ask(`${asked} [y/N] `)).trim());
}
