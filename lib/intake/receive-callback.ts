import type { EventLedger } from '../ledger/ledger.ts';
import type { Queue } from '../ports.ts';
import type { Callback } from './callback.ts';
import { ensureQueued, sendEarly } from './ensure-queued.ts';
import { claimContent, type KeepDeps, keepFirst, keepRepeat } from './keep-once.ts';
import { noteKeyUse } from './note-key-use.ts';
import { type OpenedCallback, openCallback } from './open-callback.ts';
import { type SettingsDeps, withSettings } from './with-settings.ts';

export interface IntakeDeps extends KeepDeps, SettingsDeps {
  /** A tenant's part of the events table. */
  ledger(tenant: string): EventLedger;
  queue: Queue;
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
  const opened = await withSettings(callback.tenant, deps, (settings) => openCallback(callback, settings, deps.now()));
  const ledger = deps.ledger(callback.tenant);
  const [{ stored, isNew }] = await Promise.all([
    keep(ledger, opened, deps),
    opened.endingKeys && noteKeyUse(ledger, opened.endingKeys, deps),
  ]);
  return { eventId: stored.value.eventId, state: isNew ? stateOf(stored.value.state) : 'repeat' };
}

/** Two requests in a row for a new event: its content; its record and its message at once. */
async function keep(ledger: EventLedger, opened: OpenedCallback, deps: IntakeDeps) {
  const isFirst = await claimContent(ledger, opened, deps);
  const isForWorkers = (opened.kind === 'merge' || opened.kind === 'contact') && opened.parkedFor === undefined;
  const pointer = { tenant: ledger.tenant, eventId: opened.eventId };
  const [kept, early] = await Promise.all([
    isFirst ? keepFirst(ledger, opened, deps) : keepRepeat(ledger, opened, deps),
    isFirst && isForWorkers ? sendEarly(pointer, deps) : undefined,
  ]);
  await ensureQueued(ledger, kept.stored, early, deps);
  return kept;
}

const stateOf = (state: string): Accepted['state'] => (state === 'ignored' || state === 'parked' ? state : 'stored');
