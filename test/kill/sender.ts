import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { seal } from '../../lib/dustess/seal.ts';
import { KEYS, RECEIVE_ID } from '../dustess/sealing.ts';
import { type HistoryEvent, wireBody } from '../simulation/history.ts';
import type { SeededRandom } from '../simulation/seeded-random.ts';

export interface Door {
  port(): number | undefined;
  now(): number;
}

const MOST_TRIES = 300;

/** 尘锋 sends an event until it is acknowledged, now and then again; a stranger replays captured bodies. */
export async function send(tenant: string, event: HistoryEvent, random: SeededRandom, door: Door): Promise<void> {
  const body = JSON.stringify(wireBody(event));
  const sealed = () => ({
    id: event.id,
    event: 'CRM_MERGE',
    action: 'CRM_CONTACT_MERGED',
    body: seal(body, KEYS, {
      receiveId: RECEIVE_ID,
      timestamp: String(Math.floor(door.now() / 1000)),
      nonce: 'nonce',
      random16: randomBytes(16),
    }),
  });
  await sleep(random.below(6_000));
  const captured = sealed();
  const replayed = random.chance(0.15);
  const wanted = random.chance(0.3) ? 2 : 1;
  for (let tries = 0, acknowledged = 0; acknowledged < wanted; tries++) {
    if (tries === MOST_TRIES) throw new Error(`event ${event.id} of ${tenant} is never acknowledged`);
    // What is replayed may come first and give the event its id: sealed anew, it would be another one then.
    const anew = acknowledged > 0 && !replayed;
    if (await post(tenant, anew ? sealed() : captured, door)) acknowledged += 1;
    await sleep(50 + random.below(300));
    if (replayed && tries === 0) await post(tenant, { ...captured, id: `fake-${event.id}` }, door);
  }
}

async function post(tenant: string, envelope: object, { port }: Door): Promise<boolean> {
  try {
    const body = JSON.stringify(envelope);
    const signal = AbortSignal.timeout(30_000);
    return (await fetch(`http://127.0.0.1:${port() ?? 1}/${tenant}`, { method: 'POST', body, signal })).status === 200;
  } catch {
    return false; // The worker that listened there is dead.
  }
}
