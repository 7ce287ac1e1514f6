import { Argument, Command } from 'commander';
import { chineseName } from '../chinese.ts';
import { type CommandWords, completionScript, SHELLS, type Shell } from '../completion-scripts.ts';
import type { Io } from '../io.ts';

/** @param others makes all the commands. */
export function completionCommand(io: Io, others: () => Promise<Command[]>): Command {
  return new Command('completion')
    .summary('print a script with which a shell completes commands and options')
    .description(
      'Prints a script for your shell: source it, and the tabulator completes commands, options and their values.',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', EXAMPLES)
    .action(async (shell: Shell) => {
      const commands = (await others()).map((command) => wordsOf(command, io));
      io.out(completionScript(shell, commands));
    });
}

const EXAMPLES = `
Examples:
  source <(npx merge-sync completion bash)
  npx merge-sync completion zsh > ~/.zfunc/_merge-sync
  npx merge-sync completion fish > ~/.config/fish/completions/merge-sync.fish`;

function wordsOf(command: Command, { language }: Io): CommandWords {
  const said = (text: string) => (language === 'zh' ? chineseName(text) : text);
  const options = command.options.map(({ long, description, argChoices }) => ({
    flag: long ?? '',
    description: said(description),
    choices: argChoices ?? [],
  }));
  const help = { flag: '--help', description: said('explain this command'), choices: [] };
  return { name: command.name(), summary: said(command.summary()), options: [...options, help] };
}
