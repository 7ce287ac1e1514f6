import { Command, CommanderError } from 'commander';
import { AppError, CrmError, StoreError } from '../errors.ts';
import { languageOf } from '../sentence.ts';
import { inChinese } from './chinese.ts';
import { consoleCommand } from './commands/console.ts';
import { decryptCommand } from './commands/decrypt.ts';
import { doctorCommand } from './commands/doctor.ts';
import { driftCommand } from './commands/drift.ts';
import { eventsCommand } from './commands/events.ts';
import { keygenCommand } from './commands/keygen.ts';
import { linkCommand } from './commands/link.ts';
import { mapCommand } from './commands/map.ts';
import { releaseCommand, replayCommand, settleCommand } from './commands/operate.ts';
import { outcomesCommand } from './commands/outcomes.ts';
import { sendCommand } from './commands/send.ts';
import { showCommand } from './commands/show.ts';
import { verifyUrlCommand } from './commands/verify-url.ts';
import { whoCommand } from './commands/who.ts';
import { describeCause } from './describe-cause.ts';
import { EXIT, messageIn, Refused } from './exit.ts';
import { fitted } from './fitted.ts';
import { helpIn } from './help-language.ts';
import type { Io, World } from './io.ts';
import { printable } from './printable.ts';

/** Each makes its command; in the order of `--help`. */
const COMMANDS: ((io: Io) => Command)[] = [
  keygenCommand,
  verifyUrlCommand,
  sendCommand,
  decryptCommand,
  mapCommand,
  doctorCommand,
  linkCommand,
  driftCommand,
  eventsCommand,
  showCommand,
  whoCommand,
  replayCommand,
  releaseCommand,
  settleCommand,
  outcomesCommand,
  consoleCommand,
];

/** The operator's command. @param args without node and script. @returns the exit code. Never throws. */
export async function main(args: string[], world: World): Promise<number> {
  const io = ioOf(world);
  try {
    await program(io).parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    return report(error, io);
  }
}

/** Whatever a command prints: what came from outside cannot command the terminal. */
function ioOf(world: World): Io {
  const { columns, env } = world;
  const language = languageOf(env);
  const words = (text: string) => (language === 'zh' ? inChinese(text) : text);
  return {
    ...world,
    language,
    out: (text) => world.out(printable(text)),
    say: (text) => world.out(fitted(printable(words(text)), columns?.out)),
    err: (text) => world.err(fitted(printable(words(text)), columns?.err)),
  };
}

function program(io: Io): Command {
  const root = new Command('merge-sync')
    .description(
      'Contact merges of 尘锋 SCRM (Dustess) in your CRM: keys, test callbacks, settings, events and what was done about them.',
    )
    .addHelpText('after', EXIT_CODES);
  for (const make of COMMANDS) root.addCommand(make(io));
  configure(root, io);
  return root;
}

/** Errors and output go through `io`; commander neither ends the process nor writes by itself. */
function configure(command: Command, io: Io): void {
  command
    .exitOverride()
    .showHelpAfterError(`(merge-sync ${command.parent ? `${command.name()} ` : ''}--help says more)`)
    .helpOption('-h, --help', 'explain this command')
    .configureHelp(helpIn(io.language))
    .configureOutput({
      writeOut: (text) => io.out(io.language === 'zh' ? inChinese(text.trimEnd()) : text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    });
  for (const below of command.commands) configure(below, io);
}

const EXIT_CODES = `
Exit codes: 0 done; 1 the other side refused, did not answer or did not verify; 2 usage, settings or input.`;

const OF_THE_OTHER_SIDE = [Refused, StoreError, CrmError];

function report(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof AppError) {
    io.err(`merge-sync: ${messageIn(io.language, error)}`);
    return OF_THE_OTHER_SIDE.some((kind) => error instanceof kind) ? EXIT.refused : EXIT.usage;
  }
  io.err(`merge-sync: this should not have happened; please report it: ${trace(error)}`);
  return EXIT.internal;
}

// A foreign error's message may quote what it choked on; where it happened does not.
function trace(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const frames = error.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? [];
  return [describeCause(error), ...frames].join('\n');
}
