import { Help, type HelpConfiguration } from 'commander';
import { columnsOf, wrap } from '../local/story/wrap.ts';
import type { Language } from '../sentence.ts';
import { chineseName } from './chinese.ts';
import { fitted } from './fitted.ts';

/** Also in a narrow window lines are broken between words, by the columns that they take: commander counts 尘锋 as two. */
const NARROW: HelpConfiguration = {
  minWidthToWrap: 20,
  displayWidth: columnsOf,
  boxWrap: (text, width) =>
    text
      .split('\n')
      .flatMap((line) => wrap(line, { width, indent: '' }))
      .join('\n'),
};

/** What was added to a help: its sentences are broken, its commands stay whole, to be copied. */
export const fittedHelp = (text: string, columns: number | undefined): string =>
  text
    .split('\n')
    .map((line) => (line.includes('npx ') ? line : fitted(line, columns)))
    .join('\n');

/** How commander's `--help` speaks Chinese; English is its own. */
export function helpIn(language: Language): HelpConfiguration {
  if (language === 'en') return NARROW;
  const plain = new Help();
  return {
    ...NARROW,
    styleTitle: chineseName,
    commandDescription: (command) => chineseName(plain.commandDescription(command)),
    subcommandDescription: (command) => chineseName(plain.subcommandDescription(command)),
    argumentDescription: (argument) => described(argument.description, plain.argumentDescription(argument)),
    optionDescription: (option) => described(option.description, plain.optionDescription(option)),
  };
}

/** @param whole as commander says it: the description, and in brackets what may stand there. */
function described(description: string, whole: string): string {
  const extras = whole.slice(description.length).replace('(choices: ', '（可选：').replace('default: ', '默认：');
  return chineseName(description) + extras.trimStart().replace(/^\(/, '（').replace(/\)$/, '）');
}
