import type { Fetch } from '../../lib/ports.ts';

/** What goes wrong with a call, and whether it has taken effect at the CRM by then. */
export interface Fault {
  when: 'before-effect' | 'after-effect';
  how: 'hang-up' | 'silence' | 'refused-credentials' | 'busy' | 'broken';
}

export interface Faults<Operation extends string> {
  /** From now on every request of this operation meets the fault. */
  begin(fault: Fault, operation: Operation): void;
  end(): void;
  /** Requests of the operation since `begin`. */
  met(): number;
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
  const faultyFetch: Fetch = async (url, init) => {
    const request = { method: init.method ?? 'GET', url, body: String(init.body ?? '') };
    if (!current || !concerns(current.operation, request)) return fetch(url, init);
    met += 1;
    if (current.fault.when === 'after-effect') await (await fetch(url, init)).arrayBuffer();
    return fail(current.fault.how, init.signal);
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
  };
  return { fetch: faultyFetch, faults };
}

async function fail(how: Fault['how'], signal: AbortSignal | null | undefined): Promise<Response> {
  if (how === 'hang-up') throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
  if (how !== 'silence') return new Response('', { status: STATUS[how] });
  return new Promise((_resolve, reject) => {
    const giveUp = () => reject(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp);
  });
}
