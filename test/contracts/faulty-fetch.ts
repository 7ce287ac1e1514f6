import { AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fetch } from '../../lib/ports.ts';

export type Failing = 'hang-up' | 'silence' | 'refused-credentials' | 'busy' | 'broken';

/**
 * What goes wrong with a call, and whether it has taken effect at the CRM by then. A `slow` answer comes `ms` late; a
 * `late` call takes effect when its caller has given up. `nth`: of all requests meanwhile, only this one meets the fault.
 */
export type Fault =
  | { when: 'before-effect' | 'after-effect'; how: Failing; nth?: number }
  | { when: 'after-effect'; how: 'slow'; ms: number }
  | { when: 'before-effect'; how: 'late' };

export interface Faults<Operation extends string> {
  /** From now on every request of this operation meets the fault. */
  begin(fault: Fault, operation: Operation): void;
  end(): void;
  /** Requests of the operation since `begin`. */
  met(): number;
  /** Resolves when every `late` call has taken effect. */
  settled(): Promise<void>;
}

export interface SentRequest {
  method: string;
  url: string;
  body: string;
}

const STATUS = { 'refused-credentials': 401, busy: 429, broken: 503 };

/** A `fetch` that meets faults on order, between the adapter and whatever server it speaks to. */
export function createFaultyFetch<Operation extends string>(
  concerns: (operation: Operation, request: SentRequest) => boolean,
): { fetch: Fetch; faults: Faults<Operation> } {
  let current: { fault: Fault; operation: Operation } | undefined;
  let met = 0;
  const late: Promise<unknown>[] = [];
  // What watches the call that was given up does not see this one.
  const elsewhere = new AsyncResource('late call');
  const outside = (url: string, init: RequestInit) =>
    elsewhere.runInAsyncScope(() => fetch(url, { ...init, signal: null }).catch(() => undefined));
  const faultyFetch: Fetch = async (url, init) => {
    const request = { method: init.method ?? 'GET', url, body: String(init.body ?? '') };
    const nth = current && 'nth' in current.fault ? current.fault.nth : undefined;
    if (!current || (nth === undefined && !concerns(current.operation, request))) return fetch(url, init);
    met += 1;
    const { fault } = current;
    if (nth !== undefined && met !== nth) return fetch(url, init);
    if (fault.how === 'slow') return fetch(url, init).finally(() => sleep(fault.ms));
    if (fault.how === 'late') return silence(init.signal).finally(() => late.push(outside(url, init)));
    if (fault.when === 'after-effect') await (await fetch(url, init)).arrayBuffer();
    return fail(fault.how, init.signal);
  };
  const faults = {
    begin(fault: Fault, operation: Operation) {
      current = { fault, operation };
      met = 0;
    },
    end() {
      current = undefined;
    },
    met: () => met,
    settled: async () => void (await Promise.all(late)),
  };
  return { fetch: faultyFetch, faults };
}

async function fail(how: Failing, signal: AbortSignal | null | undefined): Promise<Response> {
  if (how === 'hang-up') throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
  return how === 'silence' ? silence(signal) : new Response('', { status: STATUS[how] });
}

/** Until the caller gives up. */
function silence(signal: AbortSignal | null | undefined): Promise<Response> {
  return new Promise((_resolve, reject) => {
    const giveUp = () => reject(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp);
  });
}
