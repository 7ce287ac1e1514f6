import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { AppError, CrmError, StoreError } from '../errors.ts';
import { type Language, languageOf } from '../sentence.ts';
import { inChinese } from './chinese.ts';
import { coloured } from './colour.ts';
import { describeCause } from './describe-cause.ts';
import { EXIT, messageIn, Refused } from './exit.ts';
import { fitted } from './fitted.ts';
import { fittedHelp, helpIn } from './help-language.ts';
import type { Io, World } from './io.ts';
import { printable } from './printable.ts';
import { applyProfile } from './profiles.ts';

/** Each loads what makes its command; in the order of `--help`. Only that of the command that is run is loaded. */
const COMMANDS: Record<string, () => Promise<(io: Io) => Command>> = {
  start: async () => (await import('./commands/start.ts')).startCommand,
  keygen: async () => (await import('./commands/keygen.ts')).keygenCommand,
  'verify-url': async () => (await import('./commands/verify-url.ts')).verifyUrlCommand,
  send: async () => (await import('./commands/send.ts')).sendCommand,
  decrypt: async () => (await import('./commands/decrypt.ts')).decryptCommand,
  map: async () => (await import('./commands/map.ts')).mapCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  link: async () => (await import('./commands/link.ts')).linkCommand,
  drift: async () => (await import('./commands/drift.ts')).driftCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  events: async () => (await import('./commands/events.ts')).eventsCommand,
  tail: async () => (await import('./commands/tail.ts')).tailCommand,
  show: async () => (await import('./commands/show.ts')).showCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  who: async () => (await import('./commands/who.ts')).whoCommand,
  replay: async () => (await import('./commands/operate.ts')).replayCommand,
  release: async () => (await import('./commands/operate.ts')).releaseCommand,
  settle: async () => (await import('./commands/operate.ts')).settleCommand,
  undo: async () => (await import('./commands/undo.ts')).undoCommand,
  forget: async () => (await import('./commands/forget.ts')).forgetCommand,
  tenant: async () => (await import('./commands/tenant.ts')).tenantCommand,
  notify: async () => (await import('./commands/notify.ts')).notifyCommand,
  outcomes: async () => (await import('./commands/outcomes.ts')).outcomesCommand,
  profile: async () => (await import('./commands/profile.ts')).profileCommand,
  whoami: async () => (await import('./commands/whoami.ts')).whoamiCommand,
  completion: async () => {
    const { completionCommand } = await import('./commands/completion.ts');
    return (io) =>
      completionCommand(io, () => Promise.all(Object.values(COMMANDS).map(async (load) => (await load())(io))));
  },
  console: async () => (await import('./commands/console.ts')).consoleCommand,
};

/** The operator's command. @param args without node and script. @returns the exit code. Never throws. */
export async function main(args: string[], world: World): Promise<number> {
  const io = ioOf(world);
  try {
    const root = await program(args[0], io);
    await root.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    return report(error, io);
  }
}

/** Whatever a command prints: what came from outside cannot command the terminal. */
function ioOf(world: World): Io {
  const { columns, env, isColoured } = world;
  const language = languageOf(env);
  const words = (text: string) => inWords(text, language);
  const paint = isColoured ? coloured : (text: string) => text;
  const show = (text: string) => world.out(paint(fitted(printable(text), columns?.out)));
  return {
    ...world,
    language,
    out: (text) => world.out(printable(text)),
    show,
    say: (text) => show(words(text)),
    err: (text) => world.err(fitted(printable(words(text)), columns?.err)),
  };
}

const inWords = (text: string, language: Language) => (language === 'zh' ? inChinese(text) : text);

/** @param named the first word typed: with none, or a strange one, all commands are there to choose from. */
function commandsFor(named = '') {
  if (named === '-V' || named === '--version') return [];
  const known = Object.hasOwn(COMMANDS, named) ? COMMANDS[named] : undefined;
  return known ? [known] : Object.values(COMMANDS);
}

async function program(named: string | undefined, io: Io): Promise<Command> {
  const root = new Command('merge-sync')
    .description(
      'Contact merges of 尘锋 SCRM (Dustess) in your CRM: keys, test callbacks, settings, events and what was done about them.',
    )
    .version(version, '-V, --version', 'print the version')
    .addHelpText('after', EXIT_CODES);
  for (const load of commandsFor(named)) root.addCommand((await load())(io));
  configure(root, io);
  root.hook('preAction', async (_root, command) => void (await applyProfile(command, io)));
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
      ...(io.columns?.out && { getOutHelpWidth: () => io.columns?.out ?? 80 }),
      writeOut: (text) => io.out(fittedHelp(inWords(text.trimEnd(), io.language), io.columns?.out)),
      writeErr: (text) => io.err(text.trimEnd()),
    });
  for (const below of command.commands) configure(below, io);
}

const EXIT_CODES = `
Exit codes: 0 done; 1 the other side refused, did not answer or did not verify; 2 usage, settings or input; 130 stopped with Ctrl-C.`;

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
