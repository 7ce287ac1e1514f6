import { CrmError } from '../../lib/errors.ts';
import type { Json } from '../../lib/json.ts';
import type { RecordWrite } from '../../lib/ports.ts';
import { FIELDS } from './history.ts';
import { createModelCommandCrm } from './model-command-crm.ts';
import { linkRecords, modelLinkable } from './model-linkable.ts';
import { createModelRecordCrm, type ModelRecordCrm, type ModelRules, portRules, portUndo } from './model-record-crm.ts';
import type { LateParts } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedCrm, SimulatedLinkable } from './simulated-crm.ts';
import { CALL_MS, crmFaults, LATE_MS, TROUBLE_ENDS_MS, type World } from './world.ts';

const PROPERTY_OF = new Map(FIELDS.map((field) => [field, field === 'customFields.c1' ? 'c1' : field]));
/** A CRM that says "in process" may take longer than any that says nothing. */
const IN_PROCESS_MS = 400_000;

/** Any behaviour that the documentation of some CRM describes. */
export function anyModelCrm(random: SeededRandom): SimulatedCrm {
  return random.chance(0.35) ? commandCrm(random.chance(0.5)) : recordCrm(someRules(random));
}

function someRules(random: SeededRandom): ModelRules {
  const loserLeavesTrace = random.chance(0.7);
  const repeatSucceeds = random.chance(0.5);
  return {
    newIdAfterMerge: loserLeavesTrace && random.chance(0.4),
    loserLeavesTrace,
    repeatSucceeds,
    fillsBlanks: random.chance(0.6) && (random.chance(0.7) || ['remark', 'c1']),
    losersPerMerge: 1 + random.below(3),
    mergeSetsValues: random.chance(0.4),
    oldContactIdFinds: random.chance(0.3),
    absorbedIdsProperty: random.chance(0.5),
    saysInProcess: !repeatSucceeds && random.chance(0.5),
    stopsHalfWay: random.chance(0.3),
  };
}

/** A record that leaves no trace cannot come back itself. */
const undoable = (rules: ModelRules): ModelRules => ({
  ...rules,
  comesBackAs: rules.newIdAfterMerge || !rules.loserLeavesTrace ? 'new-record' : 'itself',
});

function recordCrm(some: ModelRules): SimulatedCrm {
  const rules = undoable(some);
  const model = createModelRecordCrm(rules);
  return {
    name: `record CRM ${JSON.stringify(rules)}`,
    effects: model.effects,
    returned: model.returned,
    calls: model.calls,
    seed: (contactId, values) => void model.seed(contactId, byProperty(values)),
    seen: () => [...model.records.values()].map(({ contactId, values }) => ({ contactId, values: byField(values) })),
    complaints: () => [],
    linkable: linkableOf(model),
    mergeByHand: (random) => {
      const [survivor, loser] = random.shuffled([...model.records.keys()]);
      if (survivor === undefined || loser === undefined) return false;
      try {
        model.merge(survivor, [loser]);
      } catch {
        return false; // A merge of theirs is under way.
      }
      model.effects.pop();
      return true;
    },
    port: (world, actor) => {
      const call = <T>(label: string, effect: () => T, late?: LateParts) =>
        world.scheduler.call(actor, `crm.${label}`, slowly(world, effect), {
          ...crmFaults(world, late !== undefined),
          ...(late && { late }),
        });
      return {
        style: 'record',
        name: 'model',
        rules: portRules(rules),
        find: (contactIds) => call(`find ${contactIds}`, () => model.find(contactIds)),
        locate: (ids) => call(`locate ${ids}`, () => withKey(world, () => model.locate(ids))),
        merge: ({ survivor, losers, write }) =>
          call(
            `merge ${losers} into ${survivor}`,
            () => halfOrWhole(world, model, rules, { survivor, losers, ...(write && { write }) }),
            () => ({
              parts: model.slowMerge(survivor, losers, write),
              withinMs: rules.saysInProcess ? IN_PROCESS_MS : LATE_MS,
            }),
          ),
        update: (id, write) => {
          const effect = () => model.update(id, write);
          return call(`update ${id} ${JSON.stringify(write)}`, effect, inOnePart(effect));
        },
        create: (write) => {
          const effect = () => model.create(write);
          return call(`create ${write.contactId}`, effect, inOnePart(effect));
        },
        ...portUndo(rules, (loser) => {
          const effect = () => model.bringBack(loser);
          return call(`bring back ${loser.contactId}`, effect, inOnePart(effect));
        }),
      };
    },
  };
}

function linkableOf(model: ModelRecordCrm): SimulatedLinkable {
  return {
    records: () => linkRecords(model),
    seed: (values) => model.seed(undefined, values),
    change(recordId, values, clearsId) {
      const record = model.records.get(recordId);
      if (!record) return;
      Object.assign(record.values, values);
      if (clearsId) record.contactId = undefined;
    },
    valuesOf: (recordId) => byField(model.records.get(recordId)?.values ?? {}),
    port(world, actor, onWrite) {
      const call = <T>(label: string, effect: () => T, isWrite = false) =>
        world.scheduler.call(actor, `crm.${label}`, slowly(world, effect), {
          ...crmFaults(world, isWrite),
          ...(isWrite && { late: inOnePart(effect) }),
        });
      return modelLinkable(model, call, world, onWrite);
    },
  };
}

/** A key may be withdrawn between a call without an answer and the look-up that asks what became of it. */
function withKey<T>(world: World, look: () => T): T {
  if (!world.isCalm && world.isYoung(TROUBLE_ENDS_MS) && world.random.chance(0.2))
    throw new CrmError('auth', 'injected');
  return look();
}

interface Merge {
  survivor: string;
  losers: string[];
  write?: RecordWrite;
}

/** A CRM without transactions may stop after the first of several losers, and never go on. */
function halfOrWhole(world: World, model: ModelRecordCrm, rules: ModelRules, { survivor, losers, write }: Merge) {
  const stops = rules.stopsHalfWay && losers.length > 1 && world.isYoung(TROUBLE_ENDS_MS) && world.random.chance(0.3);
  if (!stops || world.isCalm) return model.merge(survivor, losers, write);
  model.halfMerge(survivor, losers);
  throw new CrmError(world.random.pick(['ambiguous', 'permanent'] as const), 'injected', { code: 'HALF_DONE' });
}

/** Takes effect late as it would at once. */
export const inOnePart =
  (effect: () => unknown): LateParts =>
  () => ({ parts: [(isInTime) => isInTime && effect()], withinMs: LATE_MS });

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
    returned: model.returned,
    name: `command CRM ${fillsBlanks ? 'that fills blanks' : 'that fills nothing'}`,
    hasNoMapping: true,
    effects: model.effects,
    calls: model.calls,
    seed: (contactId, values) => void model.contacts.set(contactId, new Map<string, Json>(Object.entries(values))),
    seen: () => [...model.contacts].map(([contactId, values]) => ({ contactId, values: Object.fromEntries(values) })),
    complaints: () => model.changedBodies.map((key) => `promise 5: two bodies under the key ${key}`),
    port: (world, actor) => ({
      style: 'command',
      name: 'model',
      send: (command, key) => {
        const effect = () => model.send(command, key);
        const label = `crm.send ${key} ${command.loserIds} into ${command.survivorId} ${JSON.stringify(command.changed)}`;
        const how = { ...crmFaults(world, true), late: inOnePart(effect) };
        return world.scheduler.call(actor, label, slowly(world, effect), how);
      },
      unmerge: (command, key) => {
        const effect = () => model.unmerge(command, key);
        const how = { ...crmFaults(world, true), late: inOnePart(effect) };
        return world.scheduler.call(actor, `crm.unmerge ${key}`, slowly(world, effect), how);
      },
    }),
  };
}

function slowly<T>(world: World, effect: () => T): () => T {
  return () => {
    world.scheduler.pass(world.random.chance(0.08) ? world.random.below(CALL_MS) : world.random.below(300));
    return effect();
  };
}
