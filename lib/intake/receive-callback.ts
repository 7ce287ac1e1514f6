import type { IntakeSettings } from '../config.ts';
import { CallbackRefused } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Documents, Now, Queue } from '../ports.ts';
import { ensureQueued } from './ensure-queued.ts';
import { keepOnce } from './keep-once.ts';
import { openCallback } from './open-callback.ts';

/** A POST as it came over the wire. */
export interface Callback {
  tenant: string;
  /** The second path segment, if there is one: the second factor of plain-text mode. */
  pathSecret?: string;
  sourceAddress: string;
  /** UTF-8 text of the body. */
  body: string;
}

export interface IntakeDeps {
  events: Documents;
  queue: Queue;
  /** Undefined for a name that is not in the closed list of tenants. @throws ConfigError, StoreError */
  settings(tenant: string): Promise<IntakeSettings | undefined>;
  now: Now;
  log: Log;
  timing: IntakeTiming;
}

export interface IntakeTiming {
  /** How long payloads are kept, milliseconds. */
  payloadMs: number;
  /** How long a stored event may wait for its queue message before reconcile sends it, milliseconds. */
  graceMs: number;
}

export interface Accepted {
  eventId: string;
  state: 'stored' | 'ignored' | 'parked' | 'repeat';
}

/**
 * One callback: verified, read, kept once, queued. When it returns, the event is stored and is queued or certain to be
 * queued by reconcile (promises 1 to 3). @throws CallbackRefused, ConfigError, StoreError: then nothing is acknowledged.
 */
export async function receiveCallback(callback: Callback, deps: IntakeDeps): Promise<Accepted> {
  const settings = await deps.settings(callback.tenant);
  if (!settings) throw new CallbackRefused('unknown-tenant');
  const opened = openCallback(callback, settings, deps.now());
  const kept = await keepOnce(callback.tenant, opened, deps);
  await ensureQueued(callback.tenant, kept.stored, deps);
  return { eventId: kept.stored.value.eventId, state: kept.isNew ? stateOf(kept.stored.value.state) : 'repeat' };
}

const stateOf = (state: string): Accepted['state'] => (state === 'ignored' || state === 'parked' ? state : 'stored');
