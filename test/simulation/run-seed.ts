import type { Json } from '../../lib/json.ts';
import { type EventRecord, progressOf } from '../../lib/ledger/event-record.ts';
import type { Plan } from '../../lib/ledger/plans.ts';
import { createFieldMapping } from '../../lib/mapping/field-mapping.ts';
import type { MergePolicy } from '../../lib/merge/policy.ts';
import type { Crm } from '../../lib/ports.ts';
import { operate } from '../../lib/recovery/operator-actions.ts';
import { eventKey } from '../ledger/raw-records.ts';
import { DEFAULT_POLICY } from '../merge/default-policy.ts';
import { claimOf, FIELDS, type History, makeHistory, wireBody } from './history.ts';
import { createModelCommandCrm } from './model-command-crm.ts';
import { createModelRecordCrm, type MergeEffect, type ModelRules, portRules } from './model-record-crm.ts';
import { type Observed, type SeenRecord, violations } from './oracle.ts';
import { type Actor, createScheduler } from './scheduler.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';
import {
  CALL_MS,
  createWorld,
  crmFaults,
  deliver,
  operatorPorts,
  poll,
  startReconciling,
  TENANT,
  type World,
} from './world.ts';

export interface SeedResult {
  seed: number;
  violations: string[];
  /** Kept when tracing, or when something is wrong. */
  trace: string[];
  description: string;
  counts: SeedCounts;
}

export interface SeedCounts {
  events: number;
  /** Calls at the CRM by kind. */
  calls: Record<string, number>;
  effects: number;
  /** Calls that the plans in force come to: one look-up for record-style CRMs, and the plan's steps. */
  plannedCalls: number;
  faults: number;
}

export interface SeedOptions {
  tracing?: boolean;
  makeCrm?: CrmMaker;
  /** No faults, no crashes, nothing sent twice: what the service does when all is well. */
  calm?: boolean;
}

/** A simulated CRM: what the service sees of it, and what its own people see. */
export interface SimulatedCrm {
  name: string;
  /** Data of the tenant's field mapping; fields under their own names if left out. */
  mapping?: Record<string, string>;
  /** It wants more of a new record than our mapping has. */
  cannotCreate?: boolean;
  port(world: World, actor: Actor): Crm;
  seen(): SeenRecord[];
  seed(contactId: string, values: Record<string, string>): void;
  effects: MergeEffect[];
  calls: Map<string, number>;
  /** Found out at the end: promises that only this kind of CRM can see broken. */
  complaints(): string[];
  /** A person in the CRM merges two records; false where that cannot be done. */
  mergeByHand?(random: SeededRandom): boolean;
}

export type CrmMaker = (random: SeededRandom) => SimulatedCrm;

const MAPPING = { remark: 'remark', position: 'position', address: 'address', 'customFields.c1': 'c1' };
const PROPERTY_OF = new Map(FIELDS.map((field) => [field, field === 'customFields.c1' ? 'c1' : field]));
const START = Date.UTC(2026, 0, 1);

/** One history under one schedule. The same seed gives the same run, to the letter. */
export async function runSeed(seed: number, options: SeedOptions = {}): Promise<SeedResult> {
  const { tracing = false, makeCrm = anyModelCrm, calm = false } = options;
  const random = createSeededRandom(seed);
  const history = makeHistory(random, random.chance(0.2));
  const crm = makeCrm(random);
  const mapping = createFieldMapping(TENANT, crm.mapping ?? MAPPING);
  const policy: MergePolicy = {
    ...DEFAULT_POLICY,
    whenMissing: random.chance(crm.cannotCreate ? 0 : 0.2) ? 'create' : 'skip',
  };
  const faults = random.chance(0.1) || calm ? 0 : 1 + random.below(12);
  const rates = { crash: random.next() * 0.03, fail: random.next() * 0.06 };
  const scheduler = createScheduler({ random, start: START, rates, faults, tracing });
  const world = createWorld(random, scheduler, (w, actor) => ({ crm: crm.port(w, actor), policy, mapping }));
  seedCrm(random, history, crm);
  const before = crm.seen();
  const byHand = !calm && random.chance(0.05) && scheduleHandMerge(world, crm);
  const problems = await play(world, history).then(
    () => [],
    (error: Error) => [error.message],
  );
  const { style } = crm.port(world, world.newActor('look'));
  const observed: Observed = {
    history,
    records: recordsOf(world, history),
    before,
    after: crm.seen(),
    effects: crm.effects,
    creates: policy.whenMissing === 'create' && style === 'record',
    byHand,
  };
  return {
    seed,
    violations: [...problems, ...violations(observed), ...crm.complaints()],
    trace: scheduler.trace,
    description: `${crm.name}, ${JSON.stringify(history.events)}`,
    counts: {
      events: history.events.length,
      calls: Object.fromEntries(crm.calls),
      effects: crm.effects.length,
      plannedCalls: plannedCalls(world, history, style),
      faults,
    },
  };
}

function plannedCalls(world: World, history: History, style: Crm['style']): number {
  const lookUps = style === 'record' ? 1 : 0;
  const plans = history.events.flatMap(({ id }) =>
    world.ledger.all<Plan>({ tenant: TENANT, kind: 'plan', id }).slice(-1),
  );
  return plans.reduce((sum, { value }) => sum + lookUps + value.steps.length, 0);
}

function seedCrm(random: SeededRandom, history: History, crm: SimulatedCrm): void {
  for (const contact of history.contacts) {
    if (random.chance(0.2)) continue;
    crm.seed(contact, someValues(random, contact));
    if (random.chance(0.02)) crm.seed(contact, someValues(random, contact));
  }
}

function someValues(random: SeededRandom, contact: string): Record<string, string> {
  const filled = FIELDS.filter(() => random.chance(0.5));
  return Object.fromEntries(filled.map((field) => [field, `${contact}:${field}:at-first`]));
}

function scheduleHandMerge({ scheduler, random }: World, crm: SimulatedCrm): boolean {
  const { mergeByHand } = crm;
  if (!mergeByHand) return false;
  scheduler.at(START + random.below(60_000), 'somebody merges by hand', () => void mergeByHand(random));
  return true;
}

async function play(world: World, history: History): Promise<void> {
  const { random, scheduler } = world;
  for (const event of random.shuffled(history.events)) {
    const extra = { again: random.chance(0.3) ? 1 : 0, ...(random.chance(0.1) && { otherId: `fake-${event.id}` }) };
    const body = JSON.stringify(wireBody(event));
    scheduler.at(START + random.below(40_000), `${event.id} is sent`, () => deliver(world, event.id, body, extra));
  }
  world.unsent = history.events.length;
  const goOn = () => !isOver(world, history);
  startReconciling(world, goOn);
  startOperating(world, history, goOn);
  startPolling(world, goOn);
  await scheduler.run(() => !goOn());
}

const OPERATOR_MS = 600_000;

/** A human looks now and then at events that wait, parked, for an answer only a human can give. */
function startOperating(world: World, history: History, goOn: () => boolean): void {
  const { scheduler } = world;
  const tick = async () => {
    if (!goOn()) return;
    scheduler.at(scheduler.now() + OPERATOR_MS, 'an operator looks', () => void tick());
    const deps = { ...operatorPorts(world), now: scheduler.now, by: 'operator' };
    for (const record of recordsOf(world, history).values())
      if (record.state === 'parked' && record.progress?.sent)
        await operate(record.eventId, 'settle-not-done', deps).catch(() => undefined);
  };
  scheduler.at(scheduler.now() + OPERATOR_MS, 'an operator looks', () => void tick());
}

function startPolling(world: World, goOn: () => boolean): void {
  const { scheduler, random } = world;
  const tick = () => {
    if (!goOn()) return;
    poll(world);
    scheduler.at(scheduler.now() + 100 + random.below(2_000), 'poll', tick);
  };
  tick();
}

function isOver(world: World, history: History): boolean {
  if (world.unsent > 0 || world.unacknowledged > 0) return false;
  const records = recordsOf(world, history);
  return history.events.every(({ id }) => {
    const state = records.get(id)?.state;
    const record = records.get(id);
    const unanswered = record && progressOf(record)?.sent;
    return state === 'applied' || state === 'skipped' || (state === 'parked' && !unanswered);
  });
}

function recordsOf(world: World, history: History): Map<string, EventRecord> {
  const records = new Map<string, EventRecord>();
  for (const event of history.events) {
    // The first id under which a content came is the event's.
    const claim = world.events.get<{ eventId: string }>({ ...claimOf(event), tenant: TENANT });
    const stored = world.events.get<EventRecord>(eventKey(TENANT, claim?.value.eventId ?? event.id));
    if (stored) records.set(event.id, stored.value);
  }
  return records;
}

/** Any behaviour that the documentation of some CRM describes. */
export function anyModelCrm(random: SeededRandom): SimulatedCrm {
  return random.chance(0.35) ? commandCrm(random.chance(0.5)) : recordCrm(someRules(random));
}

function someRules(random: SeededRandom): ModelRules {
  const loserLeavesTrace = random.chance(0.7);
  return {
    newIdAfterMerge: loserLeavesTrace && random.chance(0.4),
    loserLeavesTrace,
    repeatSucceeds: random.chance(0.5),
    fillsBlanks: random.chance(0.6),
    losersPerMerge: 1 + random.below(3),
    mergeSetsValues: random.chance(0.4),
    oldContactIdFinds: random.chance(0.3),
    absorbedIdsProperty: random.chance(0.5),
  };
}

function recordCrm(rules: ModelRules): SimulatedCrm {
  const model = createModelRecordCrm(rules);
  return {
    name: `record CRM ${JSON.stringify(rules)}`,
    effects: model.effects,
    calls: model.calls,
    seed: (contactId, values) => void model.seed(contactId, byProperty(values)),
    seen: () => [...model.records.values()].map(({ contactId, values }) => ({ contactId, values: byField(values) })),
    complaints: () => [],
    mergeByHand: (random) => {
      const [survivor, loser] = random.shuffled([...model.records.keys()]);
      if (survivor === undefined || loser === undefined) return false;
      model.merge(survivor, [loser]);
      model.effects.pop();
      return true;
    },
    port: (world, actor) => {
      const call = <T>(label: string, writes: boolean, effect: () => T) =>
        world.scheduler.call(actor, `crm.${label}`, slowly(world, effect), crmFaults(world, writes));
      return {
        style: 'record',
        name: 'model',
        rules: portRules(rules),
        find: (contactIds) => call(`find ${contactIds}`, false, () => model.find(contactIds)),
        locate: (ids) => call(`locate ${ids}`, false, () => model.locate(ids)),
        merge: ({ survivor, losers, write }) =>
          call(`merge ${losers} into ${survivor}`, true, () => model.merge(survivor, losers, write)),
        update: (id, write) => call(`update ${id} ${JSON.stringify(write)}`, true, () => model.update(id, write)),
        create: (write) => call(`create ${write.contactId}`, true, () => model.create(write)),
      };
    },
  };
}

function byProperty(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([field, value]) => [PROPERTY_OF.get(field as never) ?? field, value]),
  );
}

function byField(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(FIELDS.map((field) => [field, values[PROPERTY_OF.get(field) ?? field]]));
}

function commandCrm(fillsBlanks: boolean): SimulatedCrm {
  const model = createModelCommandCrm(fillsBlanks);
  return {
    name: `command CRM ${fillsBlanks ? 'that fills blanks' : 'that fills nothing'}`,
    effects: model.effects,
    calls: model.calls,
    seed: (contactId, values) => void model.contacts.set(contactId, new Map<string, Json>(Object.entries(values))),
    seen: () => [...model.contacts].map(([contactId, values]) => ({ contactId, values: Object.fromEntries(values) })),
    complaints: () => model.changedBodies.map((key) => `promise 5: two bodies under the key ${key}`),
    port: (world, actor) => ({
      style: 'command',
      name: 'model',
      send: (command, key) =>
        world.scheduler.call(
          actor,
          `crm.send ${key} ${command.loserIds} into ${command.survivorId} ${JSON.stringify(command.changed)}`,
          slowly(world, () => model.send(command, key)),
          crmFaults(world, true),
        ),
    }),
  };
}

function slowly<T>(world: World, effect: () => T): () => T {
  return () => {
    world.scheduler.pass(world.random.chance(0.08) ? world.random.below(CALL_MS) : world.random.below(300));
    return effect();
  };
}
