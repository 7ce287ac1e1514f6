import { TENANT } from '../crm-settings.ts';
import type { LocalSettings } from '../settings.ts';
import type { Stack } from '../stack.ts';
import { beforeAndAfter } from './before-and-after.ts';
import { commandLines, exportLines, sentence } from './lay-out.ts';
import { nextSteps } from './next-steps.ts';
import { runSample, SAMPLE_EVENT_ID, SAMPLE_SURVIVOR, type SampleRun } from './run-sample.ts';
import { CHINESE, ENGLISH, type StoryWords } from './words.ts';
import { wrap } from './wrap.ts';

export interface Teller {
  print(line: string): void;
  /** How long this process has been up, milliseconds. */
  upMs(): number;
  /** Columns of the terminal. */
  width: number;
}

interface Telling {
  stack: Stack;
  settings: LocalSettings;
  words: StoryWords;
  width: number;
}

/** The first minute of a new user: where everything is, what just happened, what to try next. */
export async function tellStory(stack: Stack, settings: LocalSettings, { print, upMs, width }: Teller): Promise<void> {
  const words = settings.language === 'zh' ? CHINESE : ENGLISH;
  const telling = { stack, settings, words, width };
  const tell = (lines: string[]) => print(['', ...lines].join('\n'));
  tell(located(telling));
  tell(settings.sample ? await sampleLines(telling) : [words.nothingSent]);
  tell(wrap(words.ready((upMs() / 1000).toFixed(1), stack.callbackUrl), { width, indent: '' }));
  tell(steps(telling));
}

function located({ stack, settings, words, width }: Telling): string[] {
  const { callbackUrl, demo, outside } = stack;
  const { plainSecret, tunnelHost } = settings;
  const places = [
    `${words.callbackUrl}: ${callbackUrl}`,
    ...(plainSecret === undefined ? [] : [`${words.plainUrl}: ${callbackUrl}/$DUSTESS_PLAIN_SECRET`]),
    ...(tunnelHost === undefined ? [] : [`${words.tunnelUrl}: https://${tunnelHost}${new URL(callbackUrl).pathname}`]),
    ...(demo ? [`${words.demoCrm}: ${demo.url}/`] : []),
    `${words.console}: ${stack.console.freshUrl()}`,
    ...outsideLines(outside, words),
  ];
  const title = outside.crm || outside.emulators.length > 0 ? words.title : words.titleAlone;
  const told = places.flatMap((place) => sentence(place, width));
  return [...wrap(title, { width, indent: '' }), '', ...told, '', ...keyLines(settings.keys, words, width)];
}

function outsideLines({ crm, emulators }: Stack['outside'], words: StoryWords): string[] {
  return [
    ...(crm ? [words.crm(crm.kind, crm.host), crm.observe ? words.observed : words.real] : []),
    ...emulators.map(({ what, host }) => words.elsewhere(what, host)),
  ];
}

const VARIABLES = {
  token: 'DUSTESS_TOKEN',
  encodingAesKey: 'DUSTESS_ENCODING_AES_KEY',
  receiveId: 'DUSTESS_RECEIVE_ID',
} as const;

/** Only what was generated here is printed; of keys of the user's own, which variables a second terminal needs as well. */
function keyLines(keys: LocalSettings['keys'], words: StoryWords, width: number): string[] {
  const names = Object.keys(VARIABLES) as (keyof typeof VARIABLES)[];
  const given = names.filter((name) => !keys.generated.includes(name)).map((name) => VARIABLES[name]);
  const told = given.length === 0 ? [] : sentence(words.keysGiven(given.join(', ')), width);
  if (keys.generated.length === 0) return told;
  const lines = keys.generated.flatMap((name) => exportLines(VARIABLES[name], keys[name], width));
  return [...wrap(`  ${words.keys}`, { width, indent: '  ' }), ...lines, ...told];
}

async function sampleLines({ stack, settings, words, width }: Telling): Promise<string[]> {
  const { url, demo, crmCalls } = stack;
  const run = await runSample({ url, keys: settings.keys, demo: demo?.contacts, crmCalls, now: () => Date.now() });
  const steps = [words.verified(run), words.delivered(run)];
  const told = [...steps, ...(run.status === 200 ? acceptedLines(run, words) : [words.refused(run)])];
  const happened = wrap(words.happened, { width, indent: '' });
  return [...happened, '', ...told.flatMap((line) => sentence(line, width)), '', ...table(run, words, width)];
}

function acceptedLines(run: SampleRun, words: StoryWords): string[] {
  if (run.known) return [words.checked(run), words.known];
  const over = ['applied', 'skipped', 'held', 'parked'].includes(run.state);
  return [words.checked(run), over ? words.outcome(run) : words.waiting(run)];
}

function table({ before, after }: SampleRun, words: StoryWords, width: number): string[] {
  const role = (id: string) => (id === SAMPLE_SURVIVOR ? words.survivor : words.loser);
  return before.length > 0 ? beforeAndAfter(before, after, { ...words, role }, width) : [];
}

function steps({ stack, settings, words, width }: Telling): string[] {
  const lines = nextSteps(stack, settings).flatMap(({ why, command }) => commandLines(why(words), command, width));
  return [words.next, ...lines, '', ...click({ stack, settings, words, width }), words.stop];
}

/** The last step is a click: the page of what just happened. An address without a break can be clicked in a terminal. */
function click({ stack, settings: { sample }, words, width }: Telling): string[] {
  const path = sample ? `/${TENANT}/events/${SAMPLE_EVENT_ID}` : `/${TENANT}/events`;
  return [...wrap(words.click, { width, indent: '' }), `  ${stack.console.freshUrl(path)}`, ''];
}
