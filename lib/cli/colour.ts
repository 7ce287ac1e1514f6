import type { Env } from '../config.ts';

const RED = 31;
const GREEN = 32;
const YELLOW = 33;
const BLUE = 34;
const GREY = 90;

/** States of events and labels of checks; everything else has the terminal's own colour. */
const COLOURS: Record<string, number> = {
  ...{ parked: RED, WRONG: RED, 有误: RED, held: YELLOW, WARN: YELLOW, 注意: YELLOW },
  ...{ applied: GREEN, ok: GREEN, 正常: GREEN, '✓': GREEN, skipped: GREY, ignored: GREY },
  ...{ stored: BLUE, queued: BLUE, working: BLUE, waiting: BLUE },
};

// At the beginning of a line or after two spaces, and before two spaces, a colon or the end: not in the middle of a sentence.
const WORD = new RegExp(`(?<=^ *|  )(?:${Object.keys(COLOURS).join('|')})(?=  | *$|[:：]|(?<=✓) )`, 'gm');

/** Whether a terminal wants colours: https://no-color.org */
export const wantsColour = ({ NO_COLOR, TERM }: Env, isTerminal: boolean): boolean =>
  isTerminal && !NO_COLOR && TERM !== 'dumb';

/** The states in a text in their colours. */
export const coloured = (text: string): string => text.replace(WORD, (word) => `\x1b[${COLOURS[word]}m${word}\x1b[39m`);
