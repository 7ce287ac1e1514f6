import type { Io } from '../io.ts';
import { whenStopped } from '../stop-signals.ts';

const BAR = 20;
const LINE_EVERY_MS = 10_000; // Where the lines of a bar would pile up, as in a log.
const REDRAW_EVERY_MS = 200;

export interface Progress {
  show(done: number): void;
  end(): void;
}

export interface Running {
  what: string;
  /** Left out where it is not known before the end. */
  total?: number;
  /** Lets go of what the run holds, where it is stopped. */
  letGo?(): void;
}

/** How far a long run is, and how fast; stopped, it says where it stands and lets go of what it holds. */
export function createProgress(io: Io, { what, total, letGo }: Running): Progress {
  const start = io.now();
  let count = 0;
  const end = whenStopped(() => {
    io.redraw?.('');
    letGo?.();
    return stoppedLine(what, count, total);
  }, io);
  const every = io.redraw ? REDRAW_EVERY_MS : LINE_EVERY_MS;
  let shownAt = io.redraw ? 0 : start;
  return {
    show(done) {
      count = done;
      if (io.now() - shownAt < every) return;
      shownAt = io.now();
      const line = lineOf(what, done, { total, seconds: (io.now() - start) / 1000 });
      if (io.redraw) io.redraw(line);
      else io.err(line);
    },
    end() {
      end();
      io.redraw?.('');
    },
  };
}

/** What is known before the end can be gone on with; what is not was only read. */
const stoppedLine = (what: string, done: number, total: number | undefined) =>
  total === undefined
    ? `stopped while ${what}, after ${done}: nothing was written, the same command begins anew`
    : `stopped while ${what}, after ${done} of ${total}: the same command goes on from there`;

function lineOf(
  what: string,
  done: number,
  { total, seconds }: { total: number | undefined; seconds: number },
): string {
  const rate = seconds > 0 ? `${Math.round(done / seconds)}/s` : '';
  if (total === undefined) return `${what}  ${done}  ${rate}`;
  const filled = total === 0 ? BAR : Math.round((BAR * done) / total);
  return `${what}  [${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}]  ${done}/${total}  ${rate}`;
}
