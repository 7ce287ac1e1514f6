import { Command } from 'commander';
import { ADAPTER_OPTION } from '../adapter-option.ts';
import { UsageError } from '../exit.ts';
import type { Io } from '../io.ts';

/** For `--help`: `lib/cli/bin.mjs` starts the stack, which is no part of this command's file. */
export function startCommand(_io: Io): Command {
  return new Command('start')
    .summary('run the whole service on this machine')
    .description('Runs the whole service on this machine, with the variables of npm start; Ctrl-C stops it.')
    .option(...ADAPTER_OPTION)
    .action(() => {
      throw new UsageError('the embedded stack is started by the program merge-sync itself');
    });
}
