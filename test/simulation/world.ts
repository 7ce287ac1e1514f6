import { createHandler as createApply } from '../../functions/apply/handler.ts';
import { createHandler as createReceive } from '../../functions/receive/handler.ts';
import { createHandler as createReconcile } from '../../functions/reconcile/handler.ts';
import { seal } from '../../lib/dustess/seal.ts';
import { CrmError, StoreError } from '../../lib/errors.ts';
import { createEventLedger, createLedger, type Ledger, type LedgerTables } from '../../lib/ledger/ledger.ts';
import type { Log } from '../../lib/log.ts';
import type { TenantCrm } from '../../lib/merge/tenant-crm.ts';
import type { Documents, Queue } from '../../lib/ports.ts';
import { createMemoryDocuments, type MemoryDocuments } from './memory-documents.ts';
import type { Actor, FaultMaker, Scheduler, When } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';

const LEASE_MS = 90_000;
const SHORT_LEASE_MS = 25_000; // Runs out under workers that are alive: they must notice.
const FUNCTION_MS = 60_000;
/** A call at the CRM is answered or given up within this time. */
export const CALL_MS = 15_000;
/** A call that was given up takes effect within this time, or never. */
export const LATE_MS = 60_000;
/** What the service allows for that from the intent on: the worker may send until it is killed. */
const SETTLE_MS = FUNCTION_MS + CALL_MS + LATE_MS;
/** CRMs of this simulation go wrong by themselves for so long. */
export const TROUBLE_ENDS_MS = 600_000;
const VISIBILITY_MS = 120_000;
const RECONCILE_MS = 120_000;
const RECONCILING = { graceMs: 60_000, stuckMs: 600_000 };
const KEYS = { token: 'token', encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C' };

const QUIET: Log = { info: () => {}, warn: () => {}, error: () => {} };

export interface Message {
  body: string;
  visibleAt: number;
  receives: number;
}

/** The simulated account: tables, queue and Lambdas around one scheduler. */
export interface World {
  random: SeededRandom;
  scheduler: Scheduler;
  events: MemoryDocuments;
  ledger: MemoryDocuments;
  messages: Message[];
  /** Callbacks still to be sent, and those not acknowledged so far. */
  unsent: number;
  unacknowledged: number;
  leaseMs: number;
  /** Payloads, and plans with journals, are kept for so long. */
  kept: { payloadMs: number; journalMs: number };
  /** Nothing goes wrong. */
  isCalm: boolean;
  /** Their names. */
  tenants: string[];
  /** A tenant's settings as this process reads them now. */
  settings(tenant: string, actor: Actor): TenantCrm;
  /** Whether less than this has passed since the beginning. */
  isYoung(ms: number): boolean;
  newId(): string;
  newActor(name: string): Actor;
}

const FOR_LONG = { payloadMs: 90 * 86_400_000, journalMs: 400 * 86_400_000 };

export const expires = ({ kept }: World) => kept !== FOR_LONG;

export function createWorld(
  random: SeededRandom,
  scheduler: Scheduler,
  options: Pick<World, 'tenants' | 'settings' | 'isCalm'>,
): World {
  let ids = 0;
  const start = scheduler.now();
  const anyTime = () => 20_000 + random.below(600_000);
  return {
    random,
    scheduler,
    ...options,
    events: createMemoryDocuments(scheduler.now),
    ledger: createMemoryDocuments(scheduler.now),
    messages: [],
    unsent: 0,
    unacknowledged: 0,
    kept: !options.isCalm && random.chance(0.06) ? { payloadMs: anyTime(), journalMs: anyTime() } : FOR_LONG,
    leaseMs: random.chance(0.3) ? SHORT_LEASE_MS : LEASE_MS,
    isYoung: (ms) => scheduler.now() - start < ms,
    newId: () => `id-${ids++}`,
    newActor: (name) => ({
      name: `${name}#${ids++}`,
      alive: true,
      killAt: scheduler.now() + FUNCTION_MS,
    }),
  };
}

const storeFault: FaultMaker = () => new StoreError('injected');

function documentsOf(world: World, actor: Actor, name: string, documents: MemoryDocuments): Documents {
  const call = <T>(label: string, effect: () => T) =>
    world.scheduler.call(actor, `${name}.${label}`, effect, { faulty: storeFault });
  return {
    get: (key) => call(`get ${key.kind} ${key.id}`, () => documents.get(key)),
    getMany: (keys) => call(`get many ${keys[0]?.kind}`, () => documents.getMany(keys)),
    put: (key, value, options) => call(`put ${key.kind} ${key.id}`, () => documents.put(key, value, options)),
    all: (key) => call(`all ${key.kind} ${key.id}`, () => documents.all(key)),
    listed: (tenant, list, range) => call(`list ${list}`, () => documents.listed(tenant, list, range)),
    add: (key, by, expiresAt) => call(`add ${key.id}`, () => documents.add(key, by, expiresAt)),
  } as Documents;
}

function tablesOf(world: World, actor: Actor): LedgerTables {
  return {
    events: documentsOf(world, actor, 'events', world.events),
    ledger: documentsOf(world, actor, 'ledger', world.ledger),
  };
}

function queueOf(world: World, actor: Actor): Queue {
  const send = (body: string, delay: number) =>
    world.messages.push({ body, visibleAt: world.scheduler.now() + delay * 1000, receives: 0 });
  return {
    send: async ({ tenant, eventId }, delay = 0) => {
      const body = JSON.stringify({ tenant, eventId });
      await world.scheduler.call(actor, `queue.send ${eventId}`, () => send(body, delay), { faulty: storeFault });
    },
  };
}

export interface Callback {
  id: string;
  body: string;
  extra: { again: number; otherId?: string };
  /** What 尘锋 calls the event; a merge if left out. */
  about?: 'CRM_MERGE' | 'CRM_CONTACT';
}

/** 尘锋 sends, and sends again until it is acknowledged; now and then also afterwards. */
export function deliver(world: World, tenant: string, { id, body, extra, about = 'CRM_MERGE' }: Callback): void {
  world.unacknowledged += 1;
  world.unsent -= 1;
  const { random, scheduler } = world;
  const timestamp = String(Math.floor(scheduler.now() / 1000));
  const random16 = Buffer.from(world.newId().padEnd(16)); // Never the same twice, or two events are one.
  const sealed = () => seal(body, KEYS, { receiveId: 'r', timestamp, nonce: 'nonce', random16 });
  const captured = sealed();
  const post = async (eventId: string, repeats: number, encrypted: object): Promise<void> => {
    const acknowledged = await receive(world, tenant, {
      id: eventId,
      event: about,
      action: about === 'CRM_MERGE' ? 'CRM_CONTACT_MERGED' : 'CRM_CONTACT_CREATE',
      body: encrypted,
    });
    if (acknowledged && repeats === 0) world.unacknowledged -= 1;
    else
      scheduler.at(
        scheduler.now() + 1000 + random.below(20_000),
        `sender repeats ${eventId}`,
        () => void post(eventId, acknowledged ? repeats - 1 : repeats, random.chance(0.5) ? captured : sealed()),
      );
  };
  void post(id, extra.again, captured);
  if (extra.otherId !== undefined) {
    const otherId = extra.otherId;
    scheduler.at(
      scheduler.now() + random.below(30_000),
      'a captured body is replayed',
      () =>
        void receive(world, tenant, { id: otherId, event: 'CRM_MERGE', action: 'CRM_CONTACT_MERGED', body: captured }),
    );
  }
}

function receive(world: World, tenant: string, envelope: object): Promise<boolean> {
  const actor = world.newActor('receive');
  const handler = createReceive({
    ledger: (name) => createEventLedger(documentsOf(world, actor, 'events', world.events), name),
    queue: queueOf(world, actor),
    settings: async () => ({
      keys: [KEYS],
      receiveIds: ['r'],
      maxAgeSeconds: 86_400,
      omitFields: ['idCard'],
      contactEvents: true,
    }),
    now: world.scheduler.now,
    log: QUIET,
    timing: { payloadMs: world.kept.payloadMs, ...RECONCILING },
  });
  const event = {
    requestContext: { http: { method: 'POST', sourceIp: '127.0.0.1' } },
    pathParameters: { tenant },
    rawQueryString: '',
    body: JSON.stringify(envelope),
    isBase64Encoded: false,
  };
  const answer = handler(event as never).then(({ statusCode }) => statusCode === 200);
  return Promise.race([answer, death(world, actor).then(() => false)]);
}

/** The caller's side of a connection whose other end has died. */
function death(world: World, actor: Actor): Promise<void> {
  return new Promise((resolve) => {
    const look = () => (actor.alive && actor.killAt > world.scheduler.now() ? again() : resolve());
    const again = () => world.scheduler.at(world.scheduler.now() + 5_000, 'time-out?', look);
    again();
  });
}

/** Plays the event source mapping for one batch. */
export function poll(world: World): void {
  const { random, scheduler, messages } = world;
  const visible = messages.filter((message) => message.visibleAt <= scheduler.now());
  if (visible.length === 0) return;
  const batch = random.shuffled(visible).slice(0, 1 + random.below(3));
  for (const message of batch) {
    // Now and then the queue forgets that it has delivered a message, and does so again.
    message.visibleAt = scheduler.now() + (random.chance(0.05) ? random.below(2_000) : VISIBILITY_MS);
    message.receives += 1;
  }
  const actor = world.newActor('apply');
  void apply(world, actor, batch).then((failures) => {
    if (actor.alive) for (const message of batch) if (!failures.has(message.body)) remove(messages, message);
  });
}

function remove<T>(items: T[], item: T): void {
  const index = items.indexOf(item);
  if (index >= 0) items.splice(index, 1);
}

async function apply(world: World, actor: Actor, batch: Message[]): Promise<Set<string>> {
  const { scheduler } = world;
  const tables = tablesOf(world, actor);
  const handler = createApply({
    ledger: (tenant) => createLedger(tables, tenant),
    queue: queueOf(world, actor),
    tenantCrm: async (name) => world.settings(name, actor),
    now: scheduler.now,
    newId: world.newId,
    random: world.random.next,
    log: QUIET,
    timing: {
      leaseMs: world.leaseMs,
      callMs: CALL_MS + 5_000,
      settleMs: SETTLE_MS,
      ...RECONCILING,
      giveUpMs: 86_400_000,
      journalMs: world.kept.journalMs,
    },
  });
  const Records = batch.map(({ body }) => ({ messageId: body, body }));
  const getRemainingTimeInMillis = () => actor.killAt - scheduler.now();
  const { batchItemFailures } = await handler({ Records } as never, { getRemainingTimeInMillis });
  return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
}

export function startReconciling(world: World, goOn: () => boolean): void {
  const { scheduler } = world;
  const tick = () => {
    if (!goOn()) return;
    const actor = world.newActor('reconcile');
    const handler = createReconcile({
      ledger: (tenant) => createEventLedger(documentsOf(world, actor, 'events', world.events), tenant),
      queue: queueOf(world, actor),
      now: scheduler.now,
      log: QUIET,
      tenants: world.tenants,
      timing: RECONCILING,
    });
    void handler({}, { getRemainingTimeInMillis: () => FUNCTION_MS }).catch(() => undefined);
    scheduler.at(scheduler.now() + RECONCILE_MS, 'reconcile is due', tick);
  };
  tick();
}

/** How a CRM fails: without an answer before or after the effect, or with a clear no before it, to its key as well. */
export function crmFaults(world: World, writes: boolean): { faulty: FaultMaker; timeoutMs: number } {
  return { faulty: crmFault(world, writes), timeoutMs: CALL_MS };
}

function crmFault(world: World, writes: boolean): FaultMaker {
  return (when: When) => {
    if (when === 'after') return new CrmError(writes ? 'ambiguous' : 'retry-soon', 'injected');
    const kind = world.random.pick(
      writes ? (['ambiguous', 'retry-soon', 'retry-after', 'auth'] as const) : (['retry-soon', 'auth'] as const),
    );
    const retryAt = kind === 'retry-after' ? world.scheduler.now() + 1000 * world.random.below(1200) : undefined;
    return new CrmError(kind, 'injected', { retryAt });
  };
}

/** Ledger and queue as the operator's command reaches them. */
export function operatorPorts(world: World, tenant: string): { ledger: Ledger; queue: Queue } {
  const actor = world.newActor('operator');
  return { ledger: createLedger(tablesOf(world, actor), tenant), queue: queueOf(world, actor) };
}
