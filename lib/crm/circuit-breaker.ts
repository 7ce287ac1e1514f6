import { CrmError } from '../errors.ts';
import type { Crm, Now } from '../ports.ts';

const FEW = 3; // One contact that the CRM chokes on is no silence: the others must not wait for it.
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * The same CRM, left in peace for a while after several calls in a row went unanswered, each of which cost a worker its
 * full time-out: a tenant whose CRM hangs must not keep the workers from the others'. What is not sent counts as
 * `retry-after`: nothing happened. One process' own memory is enough, for each worker learns it within three calls.
 */
export function withCircuitBreaker<T extends Crm>(crm: T, now: Now): T {
  let unanswered = 0;
  let silentUntil = 0;

  async function guarded<R>(call: () => Promise<R>): Promise<R> {
    if (now() < silentUntil) throw pausedError(crm.name, silentUntil);
    try {
      const answer = await call();
      unanswered = 0;
      return answer;
    } catch (error) {
      unanswered = isSilence(error) ? unanswered + 1 : 0;
      if (unanswered >= FEW) silentUntil = now() + pauseMs(unanswered - FEW);
      throw error;
    }
  }

  const wrapped = Object.entries(crm).map(([name, member]) =>
    typeof member === 'function' ? [name, (...args: unknown[]) => guarded(() => member(...args))] : [name, member],
  );
  return Object.fromEntries(wrapped);
}

const pauseMs = (times: number) => Math.min(FIRST_PAUSE_MS * 2 ** times, LONGEST_PAUSE_MS);

const SILENT_CODES = ['TIMEOUT', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];

/** No answer at all; an answer that only leaves open what happened has cost no time-out. */
const isSilence = (error: unknown) => error instanceof CrmError && SILENT_CODES.includes(error.code ?? '');

const pausedError = (name: string, retryAt: number) =>
  new CrmError('retry-after', `${name}: left in peace, it did not answer`, { retryAt, code: 'PAUSED' });
