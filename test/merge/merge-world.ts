import { createHandler as createApply } from '../../functions/apply/handler.ts';
import type { EventPointer } from '../../lib/event.ts';
import { receiveCallback } from '../../lib/intake/receive-callback.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { Contact } from '../../lib/ledger/contacts.ts';
import type { EventList, OperatorAction } from '../../lib/ledger/event-states.ts';
import { createLedger } from '../../lib/ledger/ledger.ts';
import { DEFAULT_TIMING, type Timing } from '../../lib/ledger/timing.ts';
import { createLog } from '../../lib/log.ts';
import { createFieldMapping } from '../../lib/mapping/field-mapping.ts';
import type { ContactLinks } from '../../lib/merge/contact-links.ts';
import type { MergePolicy } from '../../lib/merge/policy.ts';
import type { TenantCrm } from '../../lib/merge/tenant-crm.ts';
import type { Crm, DocumentKey, Documents, Outcomes, PutOptions, Queue } from '../../lib/ports.ts';
import { operate } from '../../lib/recovery/operator-actions.ts';
import type { AnyRecord } from '../ledger/raw-records.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';
import { DEFAULT_POLICY } from './default-policy.ts';

export const TENANT = 'acme';
export const START = Date.UTC(2026, 0, 5, 8);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** As infra/ sets it: the function's time-out. */
export const FUNCTION_MS = 60_000;

const INTAKE = {
  keys: [],
  receiveIds: ['*'],
  maxAgeSeconds: 86_400,
  omitFields: [],
  plainText: { sources: ['sender'] },
};

/** An event as a test tells it: `at` are seconds, as the sender writes them. */
export interface Told {
  id: string;
  survivor: string;
  losers: string[];
  changed?: JsonObject;
  old?: JsonObject;
  /** What is said of each loser; made up if left out. */
  mergedContacts?: Json[];
  at?: number;
  tenant?: string;
}

export interface MergeWorldOptions {
  crm: Crm;
  links?: ContactLinks;
  policy?: Partial<MergePolicy>;
  mapping?: JsonObject;
  timing?: Partial<Timing>;
  /** Shared with a CRM that takes its time. */
  clock?: Clock;
  outcomes?: Outcomes;
  /** How long each request to the tables takes, milliseconds; none if left out. */
  requestMs?: number;
}

export interface Clock {
  now: number;
}

interface Message {
  pointer: EventPointer;
  visibleAt: number;
}

/** A write that took effect. */
export interface Write {
  key: DocumentKey;
  value: unknown;
  listed: PutOptions['listed'];
  /** Milliseconds since 1970. */
  at: number;
}

export interface Watched {
  documents: Documents;
  /** Of documents of each kind. */
  reads: Map<string, number>;
  writes: Write[];
}

/** Documents that count the requests that read them and keep what is written. */
function watched(documents: Documents, now: () => number, spend: () => void): Watched {
  const reads = new Map<string, number>();
  const writes: Write[] = [];
  const get: Documents['get'] = (key) => {
    spend();
    reads.set(key.kind, (reads.get(key.kind) ?? 0) + 1);
    return documents.get(key);
  };
  const put: Documents['put'] = async (key, value, options) => {
    spend();
    const written = await documents.put(key, value, options);
    if (written) writes.push({ key, value: structuredClone(value), listed: options.listed, at: now() });
    return written;
  };
  const getMany: Documents['getMany'] = (keys) => {
    spend();
    const kind = keys[0]?.kind ?? 'none';
    reads.set(kind, (reads.get(kind) ?? 0) + 1);
    return documents.getMany(keys);
  };
  return { reads, writes, documents: { ...documents, get, getMany, put } };
}

export type MergeWorld = ReturnType<typeof createMergeWorld>;

/**
 * The way of an event from the door to the CRM in one process: the real intake and the real handler of `apply`, around
 * tables in memory, a queue that is a list, and a clock that stands still until a test or a waiting message moves it.
 */
export function createMergeWorld(options: MergeWorldOptions) {
  const clock = options.clock ?? { now: START };
  const now = () => clock.now;
  const spend = () => {
    clock.now += options.requestMs ?? 0;
  };
  const events = watched(asPort(createMemoryDocuments(now)), now, spend);
  const ledger = watched(asPort(createMemoryDocuments(now)), now, spend);
  const messages: Message[] = [];
  const lines: string[] = [];
  const failedDeliveries: string[] = [];
  const delays: number[] = [];
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const tenant: TenantCrm = {
    crm: options.crm,
    policy: { ...DEFAULT_POLICY, ...options.policy },
    mapping: createFieldMapping(TENANT, options.mapping),
    ...(options.links && { links: options.links }),
  };
  const config: { problem?: Error } = {};
  let ids = 0;
  const log = createLog((line) => lines.push(line), now);
  const queue: Queue = {
    async send({ tenant: name, eventId }, delaySeconds = 0) {
      if (delaySeconds < 0 || delaySeconds > 900) throw new RangeError('SQS delays by 0 to 900 seconds');
      delays.push(delaySeconds);
      messages.push({ pointer: { tenant: name, eventId }, visibleAt: clock.now + delaySeconds * 1000 });
    },
  };
  const tables = { events: events.documents, ledger: ledger.documents };
  const ours = createLedger(tables, TENANT);
  const handler = createApply({
    ledger: (name) => createLedger(tables, name),
    queue,
    ...(options.outcomes && { outcomes: options.outcomes }),
    tenantCrm: async () => {
      if (config.problem) throw config.problem;
      return tenant;
    },
    now,
    newId: () => `id-${ids++}`,
    random: () => 0.5,
    log,
    timing,
  });

  async function deliver({ pointer }: Message): Promise<void> {
    const body = JSON.stringify(pointer);
    const end = clock.now + FUNCTION_MS;
    const context = { getRemainingTimeInMillis: () => end - clock.now };
    const { batchItemFailures } = await handler({ Records: [{ messageId: body, body }] } as never, context);
    failedDeliveries.push(...batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  }

  function nextDue(by: number): Message | undefined {
    const [next] = messages.sort((a, b) => a.visibleAt - b.visibleAt);
    return next && next.visibleAt <= by ? messages.shift() : undefined;
  }

  return {
    clock,
    events: events.documents,
    ledger: ledger.documents,
    /** The tenant's part of both tables. */
    ours,
    tenant,
    /** A tenant's part of the events table. */
    ledgerOf: (name: string) => createLedger(tables, name),
    reads: { events: events.reads, ledger: ledger.reads },
    writes: { events: events.writes, ledger: ledger.writes },
    queue,
    messages,
    /** Every delay asked for, in seconds. */
    delays,
    /** Deliveries that used up one of the attempts that lead to the dead-letter queue. */
    failedDeliveries,
    lines,
    /** What the metric filters see. */
    metrics: () => lines.flatMap((line) => JSON.parse(line).metric ?? []),
    /** Changes what the tenant wants, or breaks its settings. */
    policy: (changes: Partial<MergePolicy>) => Object.assign(tenant.policy, changes),
    config,
    timing,

    /** 尘锋 sends: stored and queued, not yet worked on. */
    async receive(told: Told): Promise<void> {
      await this.receiveBody(JSON.stringify(envelope(told)), told.tenant);
    },

    /** Any envelope, as text. @param settings what is different from the world's intake settings. */
    async receiveBody(body: string, name = TENANT, settings: { contactEvents?: boolean } = {}): Promise<void> {
      const callback = { tenant: name, sourceAddress: 'sender', body };
      // The message rests for a second, so that its record is there first; here it is there at once.
      const atOnce: Queue = { send: (pointer) => queue.send(pointer) };
      const intake = { queue: atOnce, now, log, timing: { ...DEFAULT_TIMING, payloadMs: 90 * DAY } };
      const open = (name: string) => createLedger(tables, name);
      await receiveCallback(callback, { ...intake, ledger: open, settings: async () => ({ ...INTAKE, ...settings }) });
    },

    /** Delivers the message that is due now, if there is one. */
    async deliverNext(): Promise<void> {
      const next = nextDue(clock.now);
      if (next) await deliver(next);
    },

    /** Delivers whatever the queue holds, passing the time in between, until it is empty or `forMs` are over. */
    async drain(forMs = 2 * HOUR): Promise<number> {
      const by = clock.now + forMs;
      let deliveries = 0;
      for (let next = nextDue(by); next; next = nextDue(by), deliveries++) {
        if (deliveries > 5_000) throw new Error('the queue does not run empty');
        clock.now = Math.max(clock.now, next.visibleAt);
        await deliver(next);
      }
      return deliveries;
    },

    /** Receives and works it all off. @returns the event's record. */
    async tell(told: Told): Promise<AnyRecord> {
      await this.receive(told);
      await this.drain();
      return this.record(told.id);
    },

    async record(id: string): Promise<AnyRecord> {
      const found = await ours.events.read(id);
      if (!found) throw new Error(`there is no event ${id}`);
      return found.value;
    },
    plan: (id: string, number = 1) => ours.plans.read(id, number),
    journal: async (id: string) => {
      const record = (await ours.events.read(id))?.value;
      return record ? ours.journal.read(record) : [];
    },
    contact: async (id: string): Promise<Contact> => (await ours.contacts.read(id)).value,
    listed: async (list: EventList) =>
      (await events.documents.listed(TENANT, list, { before: clock.now + DAY, limit: 100 })).map(({ id }) => id),
    operate: (id: string, action: OperatorAction, by = 'ada@ops') =>
      operate(id, action, { ledger: ours, queue, now, by }),
  };
}

function envelope({ id, survivor, losers, changed = {}, old = {}, at = START / 1000, ...more }: Told): JsonObject {
  const body = { id: survivor, mainID: survivor, mergedIDs: losers, changed, old, triggerTs: at, uid: '7' };
  const mergedContacts = more.mergedContacts ?? losers.map((loser) => ({ remark: `was ${loser}` }));
  const unknown = { traceID: id }; // Equal content would be one event, whatever its id.
  const names = { event: 'CRM_MERGE', action: 'CRM_CONTACT_MERGED' };
  return { id, ...names, body: { ...body, mergedContacts, account: 'W1', ...unknown } };
}

/** A custom field as 尘锋 writes it: the value is a JSON text of its own. */
export const custom = (id: string, value: string) => ({ id, type: 'text', value: JSON.stringify(value) });
