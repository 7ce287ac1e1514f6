import { constants } from 'node:os';
import { inChinese } from './chinese.ts';
import type { Io } from './io.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ctrl-C and its like end a command that goes on by itself. @returns what takes the listeners away */
export function onStop(stop: () => void): () => void {
  for (const signal of SIGNALS) process.on(signal, stop);
  return () => {
    for (const signal of SIGNALS) process.off(signal, stop);
  };
}

/** What a shell adds to a signal's number where a process ended by it. */
const ENDED_BY_SIGNAL = 128;

/**
 * Ctrl-C and its like in the middle of a long command: it lets go of what it holds, says where it stands, and ends with
 * the exit code that shells have for the signal, 130 for Ctrl-C.
 * @param standing lets go, and says it in English; must not wait. @returns what takes the listeners away
 */
export function whenStopped(standing: () => string, { err, language }: Pick<Io, 'err' | 'language'>): () => void {
  const stops = SIGNALS.map((signal) => {
    const stop = () => {
      const text = standing();
      err(`merge-sync: ${language === 'zh' ? inChinese(text) : text}`);
      process.exit(ENDED_BY_SIGNAL + constants.signals[signal]);
    };
    process.once(signal, stop);
    return () => void process.off(signal, stop);
  });
  return () => {
    for (const undo of stops) undo();
  };
}

/** A piece of work that may be stopped as `whenStopped` says. */
export async function stoppable<T>(
  work: () => Promise<T>,
  standing: () => string,
  io: Pick<Io, 'err' | 'language'>,
): Promise<T> {
  const undo = whenStopped(standing, io);
  try {
    return await work();
  } finally {
    undo();
  }
}

/** The reader of the output has closed it, as in `merge-sync tail | head`. @returns what takes the listener away */
export function onClosedOutput(stop: () => void): () => void {
  process.stdout.on('error', stop);
  return () => process.stdout.off('error', stop);
}

/** Each event is acted on by itself: those that are done are no longer in the list. */
export const eventsLeft = (done: number, total: number) =>
  `stopped after ${done} of ${total} events: the others are as they were, the same command goes on with them`;
