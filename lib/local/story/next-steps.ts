import type { LocalSettings } from '../settings.ts';
import { SAMPLE_EVENT_ID } from './run-sample.ts';
import type { StoryWords } from './words.ts';

export interface NextStep {
  why(words: StoryWords): string;
  /** The command, in parts that belong on one line. */
  command: string[];
}

const DEFAULT_ORIGIN = 'http://127.0.0.1:3000';

interface Address {
  /** The gateway's. */
  url: string;
  callbackUrl: string;
  /** Whatever it is, if the CRM is the demo CRM. */
  demo: object | undefined;
}

/** Nothing stands behind `--local` but an address: the option would take it for one. */
const atTheEnd = (url: string) => (url === DEFAULT_ORIGIN ? '--local' : `--local ${url}`);

/** What to try, as far as it works with these settings: nothing about a sample that was never sent. */
export function nextSteps({ url, callbackUrl, demo }: Address, { sample }: Pick<LocalSettings, 'sample'>): NextStep[] {
  const to = url === DEFAULT_ORIGIN ? [] : [`--url ${callbackUrl}`];
  const local = atTheEnd(url);
  const own = [`npx merge-sync send --main A --merge B${demo ? ' --seed' : ''}`, ...to];
  return [
    ...(demo ? [{ why: (words: StoryWords) => words.own, command: own }] : []),
    ...(sample ? sampleSteps(to, local) : []),
    { why: (words) => words.unsigned, command: ['npx merge-sync send --plain', ...to] },
    ...(demo ? [] : [{ why: (words: StoryWords) => words.ownInRealCrm, command: own }]),
    { why: (words) => words.outcomes, command: ['npx merge-sync outcomes', local] },
  ];
}

const sampleSteps = (to: string[], local: string): NextStep[] => [
  { why: (words) => words.again, command: ['npx merge-sync send --repeat 3', ...to] },
  { why: (words) => words.look, command: ['npx merge-sync show', SAMPLE_EVENT_ID, local] },
];
