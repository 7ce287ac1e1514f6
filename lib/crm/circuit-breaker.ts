import { aroundCalls } from '../around-calls.ts';
import { CrmError } from '../errors.ts';
import type { Now } from '../ports.ts';

const FAILURE_THRESHOLD = 3; // A single contact that always times out must not stop the others.
const FIRST_PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 60_000;

/** Puts a tenant's CRM behind a circuit breaker; all that one breaker was given open and close together. */
export type CircuitBreaker = <T extends { name: string }>(crm: T) => T;

/**
 * A circuit breaker of one tenant's CRM: after three time-outs in a row no call is made for 5 s, doubling up to 60 s.
 * Each time-out occupies a worker, and a tenant whose CRM hangs must not occupy the workers of the others. A call that
 * is not made fails with `retry-after`. The state is one process's own: each worker opens the circuit after three calls.
 */
export function createCircuitBreaker(now: Now): CircuitBreaker {
  let failures = 0;
  let openUntil = 0;

  async function guarded<R>(name: string, call: () => Promise<R>): Promise<R> {
    if (now() < openUntil) throw pausedError(name, openUntil);
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

  return (crm) => aroundCalls(crm, (call) => guarded(crm.name, call));
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
