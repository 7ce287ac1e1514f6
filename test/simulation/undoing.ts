import { CrmError, StoreError } from '../../lib/errors.ts';
import { type EventRecord, hasReason } from '../../lib/ledger/event-record.ts';
import { askUndo } from '../../lib/undo/ask-undo.ts';
import { prepareUndo } from '../../lib/undo/prepare-undo.ts';
import type { Observed } from './oracle.ts';
import type { SeededRandom } from './seeded-random.ts';
import { type SimulatedTenant, settingsOf } from './tenants.ts';
import { expires, operatorPorts, type World } from './world.ts';

const UNDOS_AT_MOST = 3;

/** An operator who takes merges back now and then; from a source of chance of its own. */
export interface Undoing {
  random: SeededRandom;
  left: number;
}

export function someUndos(random: SeededRandom): Undoing {
  return { random, left: random.chance(0.5) ? 1 + random.below(UNDOS_AT_MOST) : 0 };
}

const LATEST_EVENT_MS = 400_000;

/** Some events come only after a merge was taken back, or while it is. Milliseconds. */
export const delayOf = ({ random, left }: Undoing): number =>
  left > 0 && random.chance(0.3) ? random.below(LATEST_EVENT_MS) : 0;

/** Of histories that have a certain end: what is linked late or merged by hand has none. */
const isSuited = (world: World, { wasLate, linking, observing }: SimulatedTenant) =>
  !world.isCalm && !expires(world) && !wasLate && !linking && !observing;

/** Asks for an undo of one merged event, if the service allows it. */
export async function undoSome(
  world: World,
  tenant: SimulatedTenant,
  undoing: Undoing,
  records: Iterable<EventRecord>,
): Promise<void> {
  const { random } = undoing;
  if (undoing.left === 0 || !isSuited(world, tenant) || random.chance(0.3)) return;
  const merged = [...records].filter(({ state, reason, kind }) => state === 'applied' && kind === 'merge' && !reason);
  for (const record of random.shuffled(merged)) {
    const isAsked = await ask(world, tenant, record).catch((error: unknown) => {
      if (!(error instanceof StoreError || error instanceof CrmError)) throw error;
      return true; // It may have been asked for.
    });
    if (isAsked) undoing.left -= 1;
    if (isAsked) return;
  }
}

async function ask(world: World, tenant: SimulatedTenant, record: EventRecord): Promise<boolean> {
  const { now } = world.scheduler;
  const deps = { ...operatorPorts(world, tenant.name), now, by: 'operator' };
  const crm = settingsOf(tenant, world, world.newActor('operator'));
  const proposal = await prepareUndo(deps.ledger, record, crm, { by: 'operator', now: now() });
  if ('refused' in proposal) return false;
  return (await askUndo(proposal, deps)) === 'queued';
}

export const isUndone = (record: EventRecord | undefined): boolean => record?.reason === 'undone';

/** An undo that is half done waits for an operator, who tries again. */
export const isHalfUndone = ({ state, undo }: EventRecord): boolean => state === 'parked' && undo !== undefined;

/** It was merged before: that its own undo was refused is its last move. */
const wasAsked = (record: EventRecord): boolean => hasReason(record, 'undo-refused');

/** What no undo may bring about. @param returned contacts that came back, in order. */
export function undoViolations({ history, records }: Observed, returned: readonly string[]): string[] {
  const undone = history.events.filter(({ id }) => isUndone(records.get(id)));
  const losers = undone.flatMap((event) => event.losers);
  const twice = returned.filter((contact, index) => returned.indexOf(contact) !== index);
  const strangers = returned.filter((contact) => !losers.includes(contact));
  return [
    ...twice.map((contact) => `undo: ${contact} came back twice`),
    ...strangers.map((contact) => `undo: ${contact} came back, and its event does not say so`),
    ...undone.flatMap(({ id, survivor, losers: gone }) => appliedSince(id, [survivor, ...gone], { history, records })),
  ];
}

/** An event about the two that was worked on after the undo is parked. */
function appliedSince(id: string, contacts: string[], { history, records }: Pick<Observed, 'history' | 'records'>) {
  const at = records.get(id)?.undone?.at ?? Number.POSITIVE_INFINITY;
  const later = history.events.filter(({ id: other, survivor, losers }) => {
    const record = records.get(other);
    const isAbout = [survivor, ...losers].some((contact) => contacts.includes(contact));
    return (
      other !== id &&
      isAbout &&
      record?.state === 'applied' &&
      record.updatedAt > at &&
      !isUndone(record) &&
      !wasAsked(record)
    );
  });
  return later.map((event) => `undo: event ${event.id} was applied after ${id} was undone`);
}
