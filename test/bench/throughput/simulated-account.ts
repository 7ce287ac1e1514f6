import { createHandler } from '../../../functions/apply/handler.ts';
import { createTenantCrm } from '../../../lib/crm/registry.ts';
import { receiveCallback } from '../../../lib/intake/receive-callback.ts';
import { createEventLedger, createLedger, type LedgerTables } from '../../../lib/ledger/ledger.ts';
import { DEFAULT_TIMING } from '../../../lib/ledger/timing.ts';
import { createLog } from '../../../lib/log.ts';
import type { TenantCrm } from '../../../lib/merge/tenant-crm.ts';
import type { Documents, Fetch } from '../../../lib/ports.ts';
import { asPort, createMemoryDocuments } from '../../simulation/memory-documents.ts';
import { createSimulatedQueue, type Message } from './simulated-queue.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface SimulatedEvent {
  tenant: string;
  id: string;
  survivor: string;
  losers: string[];
  changed?: Record<string, unknown>;
}

export interface AccountOptions {
  time: VirtualTime;
  tenants: string[];
  workers: number;
  fair: boolean;
  /** A tenant's CRM, as the network reaches it. */
  fetchOf(tenant: string): Fetch;
  random: () => number;
}

/** Of infra/: the workers' time-out, and how many messages one invocation takes. */
const FUNCTION_MS = 60_000;
const BATCH = 10;
const READ_MS = 4;
const WRITE_MS = 6;
const INTAKE = { keys: [], receiveIds: ['*'], maxAgeSeconds: 86_400, omitFields: [], plainText: { sources: ['s'] } };
const WITHOUT_LIMITS = { mergesPerHour: 10_000_000, mergesPerSurvivorPerDay: 10_000_000 };

/** The service in one process and in simulated time: real intake, real workers, tables in memory that take their time. */
export function createSimulatedAccount({ time, tenants, workers, fair, fetchOf, random }: AccountOptions) {
  const { now } = time;
  const queue = createSimulatedQueue(time, fair);
  const memory = { events: asPort(createMemoryDocuments(now)), ledger: asPort(createMemoryDocuments(now)) };
  const counts = { requests: 0, deliveries: 0, failed: 0 };
  const slow: LedgerTables = {
    events: takingTime(memory.events, time, counts),
    ledger: takingTime(memory.ledger, time, counts),
  };
  const finishedAt = new Map<string, number>();
  const log = createLog(noteFinished, now);
  let ids = 0;
  let isOpen = true;

  function noteFinished(line: string): void {
    if (!line.includes('event finished')) return;
    const { tenant, eventId } = JSON.parse(line);
    finishedAt.set(`${tenant}/${eventId}`, now());
  }

  /** An execution environment's own adapters: loaded in real time, so before simulated time goes on. */
  async function loadCrms(): Promise<Map<string, TenantCrm>> {
    const settings = {
      crm: { kind: 'hubspot', token: 'pat-test' },
      policy: { limits: WITHOUT_LIMITS },
      mapping: { remark: 'remark' },
    };
    const loaded = tenants.map(async (tenant) => {
      const parts = { fetch: fetchOf(tenant), now, sleep: time.sleep, ledger: slow.ledger };
      return [tenant, await createTenantCrm(tenant, settings, parts)] as const;
    });
    return new Map(await Promise.all(loaded));
  }

  /** One execution environment of the function, sharing only the tables with the others. */
  async function work(crms: Map<string, TenantCrm>): Promise<void> {
    const handler = createHandler({
      ledger: (tenant) => createLedger(slow, tenant),
      queue,
      tenantCrm: async (tenant) => crms.get(tenant) as TenantCrm,
      now,
      newId: () => `id-${ids++}`,
      random,
      log,
      timing: DEFAULT_TIMING,
    });
    while (isOpen) await invoke(handler, await queue.receive(BATCH));
  }

  async function invoke(handler: ReturnType<typeof createHandler>, messages: Message[]): Promise<void> {
    counts.deliveries += messages.length;
    const end = now() + FUNCTION_MS;
    const records = messages.map(({ pointer }, index) => ({ messageId: String(index), body: JSON.stringify(pointer) }));
    const context = { getRemainingTimeInMillis: () => end - now() };
    const { batchItemFailures } = await handler({ Records: records } as never, context);
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier)));
    counts.failed += failed.size;
    for (const [index, message] of messages.entries()) failed.has(index) ? queue.failed(message) : queue.done(message);
  }

  return {
    queue,
    counts,
    finishedAt,
    /** 尘锋 sends: stored and queued; the door takes no simulated time but that of its queue. */
    async receive(event: SimulatedEvent): Promise<void> {
      const callback = { tenant: event.tenant, sourceAddress: 's', body: JSON.stringify(envelope(event, now())) };
      const timing = { ...DEFAULT_TIMING, payloadMs: 90 * 86_400_000 };
      const ledger = (tenant: string) => createEventLedger(memory.events, tenant);
      await receiveCallback(callback, { queue, now, log, timing, ledger, settings: async () => INTAKE });
    },
    async open(): Promise<void> {
      const environments = await Promise.all(Array.from({ length: workers }, loadCrms));
      for (const crms of environments) void work(crms);
    },
    close: () => {
      isOpen = false;
    },
  };
}

function envelope({ id, survivor, losers, changed = {} }: SimulatedEvent, now: number) {
  const body = {
    id: survivor,
    mainID: survivor,
    mergedIDs: losers,
    changed,
    old: {},
    triggerTs: Math.floor(now / 1000),
    uid: '7',
  };
  // Equal content would be one event, whatever its id.
  return {
    id,
    event: 'CRM_MERGE',
    action: 'CRM_CONTACT_MERGED',
    body: { ...body, mergedContacts: [], account: 'W', traceID: id },
  };
}

/** Every method of the documents, each a request that takes its time. */
function takingTime(documents: Documents, time: VirtualTime, counts: { requests: number }): Documents {
  const slowed = Object.entries(documents).map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      counts.requests += 1;
      await time.sleep(name === 'put' || name === 'add' ? WRITE_MS : READ_MS);
      return (method as (...args: unknown[]) => unknown)(...args);
    },
  ]);
  return Object.fromEntries(slowed);
}
