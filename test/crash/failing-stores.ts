import { StoreError } from '../../lib/errors.ts';
import type { Documents, Queue } from '../../lib/ports.ts';

export interface FaultRates {
  /** Of a write that is not made. */
  before: number;
  /** Of a write that is made, and said to have failed. */
  after: number;
}

const injected = (): Error => new StoreError('injected');

/** Stores and queue that fail now and then, in both ways; `failures` counts by kind. */
export function createFailingStores(random: () => number, rates: FaultRates, errorOf = injected) {
  const failures = { put: 0, send: 0 };
  async function around<T>(kind: 'put' | 'send', write: () => Promise<T>): Promise<T> {
    const chance = random();
    if (chance < rates.before) fail(kind);
    const done = await write();
    if (chance >= 1 - rates.after) fail(kind);
    return done;
  }
  function fail(kind: 'put' | 'send'): never {
    failures[kind] += 1;
    throw errorOf();
  }
  return {
    failures,
    between: {
      documents: (real: Documents): Documents => ({
        ...real,
        put: (key, value, how) => around('put', () => real.put(key, value, how)),
      }),
      queue: (real: Queue): Queue => ({
        send: (pointer, delay) => around('send', () => real.send(pointer, delay)),
      }),
    },
  };
}
