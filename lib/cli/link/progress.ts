import type { Io } from '../io.ts';

const BAR = 20;
const LINE_EVERY_MS = 10_000; // Where the lines of a bar would pile up, as in a log.
const REDRAW_EVERY_MS = 200;

export interface Progress {
  show(done: number): void;
  end(): void;
}

/** How far a long run is, and how fast; `total` is left out where it is not known before the end. */
export function createProgress(io: Io, what: string, total?: number): Progress {
  const start = io.now();
  const every = io.redraw ? REDRAW_EVERY_MS : LINE_EVERY_MS;
  let shownAt = io.redraw ? 0 : start;
  return {
    show(done) {
      if (io.now() - shownAt < every) return;
      shownAt = io.now();
      const line = lineOf(what, done, { total, seconds: (io.now() - start) / 1000 });
      if (io.redraw) io.redraw(line);
      else io.err(line);
    },
    end: () => io.redraw?.(''),
  };
}

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
