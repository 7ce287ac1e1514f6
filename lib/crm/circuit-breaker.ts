import { CrmError } from '../errors.ts';
import type { Crm, Now } from '../ports.ts';

const FAILURE_THRESHOLD = 3; // A single contact that always times out must not stop the others.
const FIRST_PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 60_000;

/**
 * The same CRM behind a circuit breaker: after three time-outs in a row no call is made for 5 s, doubling up to 60 s.
 * Each time-out occupies a worker, and a tenant whose CRM hangs must not occupy the workers of the others. A call that
 * is not made fails with `retry-after`. The state is one process's own: each worker opens the circuit after three calls.
 */
export function withCircuitBreaker<T extends Crm>(crm: T, now: Now): T {
  let failures = 0;
  let openUntil = 0;

  async function guarded<R>(call: () => Promise<R>): Promise<R> {
    if (now() < openUntil) throw pausedError(crm.name, openUntil);
    try {
      const answer = await call();
      failures = 0;
      return answer;
    } catch (error) {
      failures = isTimeout(error) ? failures + 1 : 0;
      if (failures >= FAILURE_THRESHOLD) openUntil = now() + pauseMs(failures - FAILURE_THRESHOLD);
      throw error;
    }
  }

  const wrapped = Object.entries(crm).map(([name, member]) =>
    typeof member === 'function' ? [name, (...args: unknown[]) => guarded(() => member(...args))] : [name, member],
  );
  return Object.fromEntries(wrapped);
}

const pauseMs = (times: number) => Math.min(FIRST_PAUSE_MS * 2 ** times, MAX_PAUSE_MS);

const TIMEOUT_CODES = [
  'TIMEOUT',
  'CONNECT_TIMEOUT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
];

/** An answer with a 5xx is none: it came at once and occupied no worker. */
const isTimeout = (error: unknown) => error instanceof CrmError && TIMEOUT_CODES.includes(error.code ?? '');

const pausedError = (name: string, retryAt: number) =>
  new CrmError('retry-after', `${name}: paused after repeated timeouts`, { retryAt, code: 'PAUSED' });
