const SAYS_NOTHING = new Set(['Error', 'TypeError', 'AggregateError', 'AbortError', 'StoreError', 'ConfigError']);
/** Whether a described cause has no word but the most general ones. */
export const saysNothing = (cause: string): boolean => cause.split(', ').every((word) => SAYS_NOTHING.has(word));

const MAX_CAUSES = 5;

// fetch gives these no code: https://fetch.spec.whatwg.org/#port-blocking
const FIXED = new Map<unknown, string>([['bad port', 'a port that fetch refuses']]);

/**
 * What lies below an error: codes and names from the outermost to the innermost cause, `TimeoutError` or
 * `UND_ERR_SOCKET, ECONNRESET`. Never a message: a foreign one may quote what it choked on.
 */
export function describeCause(error: unknown): string {
  const words = causes(error).flatMap(
    ({ code, name, message }) => FIXED.get(message) ?? wordOf(code) ?? wordOf(name) ?? [],
  );
  const telling = words.filter((word) => !SAYS_NOTHING.has(word));
  return [...new Set(telling.length > 0 ? telling : words)].join(', ') || 'unknown';
}

export interface Cause {
  code?: unknown;
  name?: unknown;
  message?: unknown;
  cause?: unknown;
  /** Of an AggregateError: one for each address that was tried. */
  errors?: unknown;
}

/** An error and what lies below it. By shape, not by class: errors of another realm are errors too. */
export function causes(error: unknown): Cause[] {
  const found: Cause[] = [];
  for (let at = error as Cause | undefined; typeof at === 'object' && at !== null; at = below(at)) {
    found.push(at);
    if (found.length === MAX_CAUSES) break;
  }
  return found;
}

const below = ({ cause, errors }: Cause) => (cause ?? (Array.isArray(errors) ? errors[0] : undefined)) as Cause;

const wordOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z][\w.]{0,63}$/.test(value) ? value : undefined;
