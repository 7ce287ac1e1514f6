import type { Contact } from '../../lib/ledger/contacts.ts';
import type { EventRecord } from '../../lib/ledger/event-record.ts';
import type { OperatorAction } from '../../lib/ledger/event-states.ts';
import type { Plan } from '../../lib/ledger/plans.ts';
import { operate } from '../../lib/recovery/operator-actions.ts';
import { eventKey } from '../ledger/raw-records.ts';
import { digestOf, wireBody } from './history.ts';
import { isLinked, linkViolations, operateLinking, rememberExport } from './linking.ts';
import { anyModelCrm } from './model-crms.ts';
import { mixedUp, type Observed, violations } from './oracle.ts';
import { createScheduler } from './scheduler.ts';
import { createSeededRandom } from './seeded-random.ts';
import type { CrmMaker, SimulatedCrm } from './simulated-crm.ts';
import {
  isForeign,
  isObserving,
  linkLate,
  linkSome,
  makeTenants,
  type SimulatedTenant,
  settingsOf,
} from './tenants.ts';
import { delayOf, isHalfUndone, isUndone, someUndos, type Undoing, undoSome, undoViolations } from './undoing.ts';
import { createWorld, deliver, expires, operatorPorts, poll, startReconciling, type World } from './world.ts';

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
  /** Ids that were written on records. */
  links: number;
  /** Merges that were taken back. */
  undos: number;
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

const START = Date.UTC(2026, 0, 1);
const LINKING = 1_000_003; // Who is linked does not change what the seed comes to otherwise.
const UNDOING = 2_000_003;

/** One history under one schedule. The same seed gives the same run, to the letter. */
export async function runSeed(seed: number, options: SeedOptions = {}): Promise<SeedResult> {
  const { tracing = false, makeCrm = anyModelCrm, calm = false } = options;
  const random = createSeededRandom(seed);
  const tenants = makeTenants(random, makeCrm, { calm, start: START });
  if (!calm) linkSome(createSeededRandom(seed + LINKING), tenants, START);
  const faults = random.chance(0.1) || calm ? 0 : 1 + random.below(12);
  const rates = { crash: random.next() * 0.03, fail: random.next() * 0.06, late: calm ? 0 : random.next() * 0.15 };
  const scheduler = createScheduler({ random, start: START, rates, faults, tracing });
  const world = createWorld(random, scheduler, {
    isCalm: calm,
    tenants: tenants.map(({ name }) => name),
    settings: (name, actor) =>
      settingsOf(
        tenants.find((one) => one.name === name),
        world,
        actor,
      ),
  });
  for (const tenant of tenants) rememberExport(world, tenant);
  const [first] = tenants;
  const byHand = !calm && random.chance(0.05) && first !== undefined && scheduleHandMerge(world, first.crm);
  const undoing = someUndos(createSeededRandom(seed + UNDOING));
  if (byHand || calm) undoing.left = 0;
  const problems = await play(world, tenants, undoing).then(
    () => [],
    (error: Error) => [error.message],
  );
  const found = tenants.flatMap((tenant) => violationsOf(world, tenant, byHand && tenant === first));
  return {
    seed,
    violations: [...problems, ...found],
    trace: scheduler.trace,
    description: tenants.map(describeTenant).join('; '),
    counts: sumCounts(
      tenants.map((tenant) => countsOf(world, tenant)),
      faults,
    ),
  };
}

function violationsOf(world: World, tenant: SimulatedTenant, byHand: boolean): string[] {
  const { history, crm, policy, before, ifEmpty } = tenant;
  const observed: Observed = {
    history,
    records: recordsOf(world, tenant),
    before,
    after: crm.seen(),
    effects: crm.effects,
    creates: policy.whenMissing === 'create' && !crm.hasNoMapping,
    byHand,
    expires: expires(world),
    snapshot: policy.fields === 'snapshot',
    ifEmpty,
  };
  const sent = tenant.sentWhileObserving.map((call) => `promise 9: ${call} was called in observe mode`);
  const foreign = mixedUp(observed, (value) => isForeign(tenant, value));
  const undos = undoViolations(observed, crm.returned ?? []);
  const found = [...violations(observed), ...foreign, ...crm.complaints(), ...sent, ...undos];
  const links = byHand ? [] : linkViolations(tenant, observed.expires ? [] : observed.records.values());
  found.push(...links);
  return world.tenants.length === 1 ? found : found.map((violation) => `${violation} (tenant ${tenant.name})`);
}

function describeTenant({ name, crm, policy, ifEmpty, observing, history }: SimulatedTenant): string {
  const wants = { fields: policy.fields, whenMissing: policy.whenMissing, ifEmpty, ...(observing && { observing }) };
  return `${name}: ${crm.name}, ${JSON.stringify(wants)}, ${JSON.stringify(history.events)}`;
}

type TenantCounts = Omit<SeedCounts, 'faults'>;

function countsOf(world: World, { name, history, crm, linking }: SimulatedTenant): TenantCounts {
  const lookUps = crm.hasNoMapping ? 0 : 1;
  const plans = history.events.flatMap(({ id }) =>
    world.ledger.all<Plan>({ tenant: name, kind: 'plan', id }).slice(-1),
  );
  const plannedCalls = plans.reduce((sum, { value }) => sum + lookUps + value.steps.length, 0);
  const calls = Object.fromEntries(crm.calls);
  const links = linking?.made ?? 0;
  const records = [...recordsOf(world, { name, history }).values()];
  const undos = records.filter(isUndone).length;
  return { events: history.events.length, calls, effects: crm.effects.length, links, undos, plannedCalls };
}

function sumCounts(all: TenantCounts[], faults: number): SeedCounts {
  const sum: SeedCounts = { events: 0, calls: {}, effects: 0, links: 0, undos: 0, plannedCalls: 0, faults };
  for (const { events, calls, effects, links, undos, plannedCalls } of all) {
    sum.links += links;
    sum.undos += undos;
    sum.events += events;
    sum.effects += effects;
    sum.plannedCalls += plannedCalls;
    for (const [kind, count] of Object.entries(calls)) sum.calls[kind] = (sum.calls[kind] ?? 0) + count;
  }
  return sum;
}

function scheduleHandMerge({ scheduler, random }: World, crm: SimulatedCrm): boolean {
  const { mergeByHand } = crm;
  if (!mergeByHand) return false;
  scheduler.at(START + random.below(60_000), 'a record is merged by hand', () => void mergeByHand(random));
  return true;
}

async function play(world: World, tenants: SimulatedTenant[], undoing: Undoing): Promise<void> {
  const { random, scheduler } = world;
  for (const { name, history } of tenants)
    for (const event of random.shuffled(history.events)) {
      const extra = { again: random.chance(0.3) ? 1 : 0, ...(random.chance(0.1) && { otherId: `fake-${event.id}` }) };
      const callback = { id: event.id, body: JSON.stringify(wireBody(event)), extra };
      const at = START + random.below(40_000) + delayOf(undoing);
      scheduler.at(at, `${event.id} is sent`, () => deliver(world, name, callback));
    }
  for (const tenant of tenants)
    for (const { contact, at } of tenant.late)
      scheduler.at(at, `${contact} is linked`, () => linkLate(tenant, contact));
  for (const { name, linking } of tenants)
    for (const { id, body, at } of linking?.events ?? []) {
      const callback = { id, body: JSON.stringify(body), extra: { again: 0 }, about: 'CRM_CONTACT' as const };
      scheduler.at(at, `${id} is sent`, () => deliver(world, name, callback));
    }
  world.unsent = tenants.reduce(
    (sum, { history, linking }) => sum + history.events.length + (linking?.events.length ?? 0),
    0,
  );
  const goOn = () => !isOver(world, tenants) || (undoing.left > 0 && world.isYoung(UNDOS_END_MS));
  startReconciling(world, goOn);
  startOperating(world, tenants, { goOn, undoing });
  startPolling(world, goOn);
  await scheduler.run(() => !goOn());
}

/** Events that merged a contact away which has a record of its own by now: that record was linked afterwards. */
function mergesToCatchUp(world: World, { name, crm, wasLate }: SimulatedTenant): string[] {
  if (!wasLate) return [];
  const events = crm.seen().flatMap(({ contactId: id }) => {
    const contact =
      id === undefined ? undefined : world.ledger.get<Contact>({ tenant: name, kind: 'contact', id })?.value;
    return contact?.mergedBy ?? [];
  });
  const mayHelp = ({ state, operatorActions = [] }: EventRecord) =>
    (state === 'applied' || state === 'skipped') && operatorActions.length < LINKED_TRIES;
  return events.filter((id) => {
    const record = world.events.get<EventRecord>(eventKey(name, id))?.value;
    return record !== undefined && mayHelp(record);
  });
}

const UNDOS_END_MS = 900_000;
const OPERATOR_MS = 60_000;
const OPERATOR_WAITS_MS = 600_000;

/** A human looks now and then at events that wait for an answer only a human can give, a new key, or the end of observe mode. */
function startOperating(
  world: World,
  tenants: SimulatedTenant[],
  { goOn, undoing }: { goOn: () => boolean; undoing: Undoing },
): void {
  const { scheduler } = world;
  const tick = async () => {
    if (!goOn()) return;
    scheduler.at(scheduler.now() + OPERATOR_MS, 'an operator looks', () => void tick());
    for (const tenant of tenants) {
      await operateLinking(world, tenant, recordsOf(world, tenant).values());
      await undoSome(world, tenant, undoing, recordsOf(world, tenant).values());
      const deps = { ...operatorPorts(world, tenant.name), now: scheduler.now, by: 'operator' };
      for (const eventId of mergesToCatchUp(world, tenant))
        await operate(eventId, 'replay', deps).catch(() => undefined);
      for (const record of recordsOf(world, tenant).values()) {
        const action = actionFor(record, tenant, scheduler.now());
        if (action) await operate(record.eventId, action, deps).catch(() => undefined);
      }
    }
  };
  scheduler.at(scheduler.now() + OPERATOR_MS, 'an operator looks', () => void tick());
}

function actionFor(record: EventRecord, tenant: SimulatedTenant, now: number): OperatorAction | undefined {
  if (waitsForLive(record)) return isObserving(tenant, now) ? undefined : 'replay';
  if (waitsForLinked(record, tenant) || refusedForLinked(record, tenant)) return 'replay';
  if (isHalfUndone(record) && record.state === 'parked' && !record.progress?.sent) return 'replay';
  if (waitsForKey(record)) return 'replay'; // Whatever became of a call without an answer, the worker asks.
  const isOld = record.updatedAt + OPERATOR_WAITS_MS <= now; // By then an unanswered call has settled.
  return isOld && record.state === 'parked' && record.progress?.sent ? 'settle-not-done' : undefined;
}

const waitsForLive = ({ reason }: EventRecord) => reason === 'observed' || reason === 'observe-mode';
/** A contact was linked since the event was planned. Where none ever is, later events alone must heal what was missed. */
const waitsForLinked = (record: EventRecord, { crm, wasLate }: SimulatedTenant) =>
  wasLate &&
  (record.operatorActions ?? []).length < LINKED_TRIES &&
  (record.state === 'applied' || record.state === 'skipped') &&
  crm.seen().some(({ contactId }) => contactId !== undefined && record.missing?.includes(contactId));

/** One heals it; a service that is broken on purpose is not to be asked without end. */
const LINKED_TRIES = 40;
const OPERATOR_TRIES = 8;
/**
 * A contact was linked between an event's plan and the call that gives its id to another record; or the event met a
 * record that such an event, which waits for the operator too, had begun to merge.
 */
const refusedForLinked = ({ state, reason, operatorActions = [] }: EventRecord, { wasLate }: SimulatedTenant) =>
  wasLate &&
  state === 'parked' &&
  operatorActions.length < OPERATOR_TRIES &&
  /^crm-refused:(DUPLICATE_VALUE|CONFLICTING_UNIQUE_VALUE)|^record-of-another-contact|^two-records-for-one-contact/.test(
    reason ?? '',
  );

const waitsForKey = ({ state, reason }: EventRecord) => state === 'parked' && reason === 'crm-auth';

const IDLE_POLL_MS = 5_000;

function startPolling(world: World, goOn: () => boolean): void {
  const { scheduler, random } = world;
  const tick = () => {
    if (!goOn()) return;
    poll(world);
    const soon = world.messages.some(({ visibleAt }) => visibleAt <= scheduler.now() + IDLE_POLL_MS);
    scheduler.at(scheduler.now() + (soon ? 100 + random.below(2_000) : IDLE_POLL_MS), 'poll', tick);
  };
  tick();
}

function isOver(world: World, tenants: SimulatedTenant[]): boolean {
  if (world.unsent > 0 || world.unacknowledged > 0 || world.scheduler.isLate()) return false;
  return tenants.every((tenant) => {
    const records = recordsOf(world, tenant);
    if (!isLinked(world, tenant, records.values())) return false;
    if (tenant.late.length > 0 || mergesToCatchUp(world, tenant).length > 0) return false;
    return tenant.history.events.every(({ id }) => hasEnded(records.get(id), tenant));
  });
}

function hasEnded(record: EventRecord | undefined, tenant: SimulatedTenant): boolean {
  if (!record || waitsForLive(record) || waitsForKey(record)) return false;
  if (waitsForLinked(record, tenant) || refusedForLinked(record, tenant)) return false;
  if (record.state === 'parked') return !record.progress?.sent && !isHalfUndone(record);
  return record.state === 'applied' || record.state === 'skipped';
}

function recordsOf(
  world: World,
  { name, history }: Pick<SimulatedTenant, 'name' | 'history'>,
): Map<string, EventRecord> {
  const records = new Map<string, EventRecord>();
  const names = history.events.flatMap(({ id }) => [id, `fake-${id}`]);
  for (const event of history.events) {
    // The first id under which a content came is the event's; the claim on it ends with the payload, the record stays.
    const digest = digestOf(event);
    const found = names.map((id) => world.events.get<EventRecord>(eventKey(name, id))?.value);
    const record = found.find((one) => one?.digest === digest);
    if (record) records.set(event.id, record);
  }
  return records;
}
