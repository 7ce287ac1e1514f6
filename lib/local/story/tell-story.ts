import type { LocalSettings } from '../settings.ts';
import type { Stack } from '../stack.ts';
import { beforeAndAfter } from './before-and-after.ts';
import { runSample, SAMPLE_EVENT_ID, SAMPLE_SURVIVOR, type SampleRun } from './run-sample.ts';
import { CHINESE, ENGLISH, type StoryWords } from './words.ts';

export interface Teller {
  print(line: string): void;
  /** How long this process has been up, milliseconds. */
  upMs(): number;
}

/** The first minute of a new user: where everything is, what just happened, what to try next. */
export async function tellStory(stack: Stack, settings: LocalSettings, { print, upMs }: Teller): Promise<void> {
  const words = settings.language === 'zh' ? CHINESE : ENGLISH;
  const tell = (lines: string[]) => print(['', ...lines].join('\n'));
  tell(locate(stack, settings, words));
  const way = { url: stack.url, keys: settings.keys, demo: stack.demo?.contacts, now: () => Date.now() };
  tell(settings.sample ? await sampleLines(runSample(way), words) : [words.nothingSent]);
  tell([words.ready((upMs() / 1000).toFixed(1), stack.callbackUrl)]);
  tell(nextSteps(stack, words));
}

function locate({ callbackUrl, demo }: Stack, { keys, plainSecret }: LocalSettings, words: StoryWords): string[] {
  return [
    words.title,
    '',
    `  ${words.callbackUrl}: ${callbackUrl}`,
    ...(plainSecret === undefined ? [] : [`  ${words.plainUrl}: ${callbackUrl}/$DUSTESS_PLAIN_SECRET`]),
    ...(demo ? [`  ${words.demoCrm}: ${demo.url}/`] : []),
    '',
    ...keyLines(keys, words),
  ];
}

const VARIABLES = {
  token: 'DUSTESS_TOKEN',
  encodingAesKey: 'DUSTESS_ENCODING_AES_KEY',
  receiveId: 'DUSTESS_RECEIVE_ID',
} as const;

/** Only what was generated here: keys of the user's own stay where they are. */
function keyLines(keys: LocalSettings['keys'], words: StoryWords): string[] {
  if (keys.generated.length === 0) return [`  ${words.keysGiven}`];
  return [`  ${words.keys}`, ...keys.generated.map((name) => `    export ${VARIABLES[name]}=${keys[name]}`)];
}

async function sampleLines(running: Promise<SampleRun>, words: StoryWords): Promise<string[]> {
  const run = await running;
  const steps = [words.verified(run), words.delivered(run)];
  const told = [...steps, ...(run.status === 200 ? acceptedLines(run, words) : [words.refused(run)])];
  return [words.happened, '', ...told.map((line) => `  ${line}`), '', ...table(run, words)];
}

function acceptedLines(run: SampleRun, words: StoryWords): string[] {
  if (run.known) return [words.checked(run), words.known];
  const over = ['applied', 'skipped', 'held', 'parked'].includes(run.state);
  return [words.checked(run), over ? words.outcome(run) : words.waiting(run)];
}

function table({ before, after }: SampleRun, words: StoryWords): string[] {
  const role = (id: string) => (id === SAMPLE_SURVIVOR ? words.survivor : words.loser);
  return before.length > 0 ? beforeAndAfter(before, after, { ...words, role }) : [];
}

function nextSteps({ url, callbackUrl }: Stack, words: StoryWords): string[] {
  const command = (why: string, text: string) => ['', `  # ${why}`, `  ${text}`];
  return [
    words.next,
    ...command(words.again, `npx merge-sync send --url ${callbackUrl} --repeat 3`),
    ...command(words.unsigned, `npx merge-sync send --url ${callbackUrl} --plain`),
    ...command(words.look, `npx merge-sync show --local ${url} ${SAMPLE_EVENT_ID}`),
    '',
    words.stop,
  ];
}
