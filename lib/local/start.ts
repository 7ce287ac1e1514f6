import { type Env, wholeNumberIn } from '../config.ts';
import { adapterFiles, loadAdapters } from '../crm/load-adapters.mjs';
import { ConfigError } from '../errors.ts';
import { recogniseForeignErrors } from '../foreign-errors.ts';
import { createLog } from '../log.ts';
import { languageOf } from '../sentence.ts';
import { createHumanLog } from './human-log.ts';
import { sentenceOf } from './local-problem.ts';
import { type LocalSettings, readLocalSettings } from './settings.ts';
import { type Stack, startStack } from './stack.ts';
import { tellStory } from './story/tell-story.ts';

// What `npm start` runs: the composition root of the embedded stack.
const STOPPING_MS = 4_500;
const ECHO_MS = 500; // npm passes the terminal's Ctrl-C on to a process that has had it already.

const print = (line: string) => process.stdout.write(`${line}\n`);
const now = () => Date.now();
// Where no terminal reads along, or a wide one, lines stay whole.
const WIDE = 120;
const NARROWEST = 20;
const widthOf = (env: Env) =>
  Math.min(process.stdout.columns || (wholeNumberIn(env.COLUMNS ?? '', NARROWEST, WIDE) ?? WIDE), WIDE);
const width = widthOf(process.env);

async function main(): Promise<void> {
  // The SDK is pinned: its notice about Node 20 is of no use here.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  recogniseForeignErrors();
  const { files } = adapterFiles(process.argv.slice(2), process.env);
  const settings = await readLocalSettings(process.env, await loadAdapters(files).catch(explainAdapter));
  const stack = await startStack(settings, logFor(settings));
  stopOnSignal(stack);
  await tellStory(stack, settings, { print, upMs: () => process.uptime() * 1000, width });
}

function logFor({ jsonLog, language }: LocalSettings) {
  if (jsonLog) return createLog((line) => process.stderr.write(`${line}\n`), now);
  return createHumanLog({ write: print, now, language, width });
}

function stopOnSignal(stack: Stack): void {
  let stoppingSince = 0;
  const stop = () => {
    if (stoppingSince > 0) return now() - stoppingSince > ECHO_MS ? process.exit(1) : undefined;
    stoppingSince = now();
    setTimeout(() => process.exit(1), STOPPING_MS).unref();
    stack.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  stopWithNpm(stop);
}

/** npm hands a signal to its shell, and not every shell hands it on: when npm is gone, so are we. */
function stopWithNpm(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stop(), 500).unref();
}

function explainAdapter(error: Error): never {
  throw new ConfigError(error.message, { cause: error });
}

function giveUp(error: unknown): void {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${sentenceOf(error)[languageOf(process.env)]}\n`);
  process.exit(1);
}

await main().catch(giveUp);
