import { Help, type HelpConfiguration } from 'commander';
import { wrap } from '../local/story/wrap.ts';
import type { Language } from '../sentence.ts';
import { chineseName } from './chinese.ts';

/** Also in a narrow window lines are broken between words. */
const NARROW = { minWidthToWrap: 20 };

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
    // Chinese has no spaces, and a character takes two columns: commander's own would not break it.
    boxWrap: (text, width) =>
      text
        .split('\n')
        .flatMap((line) => wrap(line, { width, indent: '' }))
        .join('\n'),
  };
}

/** @param whole as commander says it: the description, and in brackets what may stand there. */
function described(description: string, whole: string): string {
  const extras = whole.slice(description.length).replace('(choices: ', '（可选：').replace('default: ', '默认：');
  return chineseName(description) + extras.trimStart().replace(/^\(/, '（').replace(/\)$/, '）');
}
