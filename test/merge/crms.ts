import type { CrmError } from '../../lib/errors.ts';
import type { CommandAnswer, CommandCrm, MergeCommand, RecordCrm } from '../../lib/ports.ts';
import { createModelRecordCrm, type ModelRules, portRules, portUndo } from '../simulation/model-record-crm.ts';
import type { Clock } from './merge-world.ts';

/** An answer, a failure, or what to do when it is asked. */
export type Reply = CommandAnswer | CrmError | (() => CommandAnswer | CrmError);

/** A command-style CRM that answers as told, then always that it is done. */
export function createScriptedCrm(...script: Reply[]) {
  const sent: { command: MergeCommand; key: string }[] = [];
  const crm: CommandCrm = {
    style: 'command',
    name: 'scripted',
    async send(command, key) {
      sent.push({ command: structuredClone(command), key });
      const reply = script.shift() ?? { outcome: 'done' };
      const answer = typeof reply === 'function' ? reply() : reply;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return { crm, sent, script };
}

/** HubSpot as documented: pairs, a new id after each merge, blanks filled, old ids that still lead somewhere. */
export const HUBSPOT_LIKE: ModelRules = {
  newIdAfterMerge: true,
  loserLeavesTrace: true,
  repeatSucceeds: false,
  fillsBlanks: true,
  losersPerMerge: 1,
  mergeSetsValues: false,
  oldContactIdFinds: false,
  absorbedIdsProperty: false,
};

/** Salesforce as documented: three at a time, ids kept, blanks left alone, values set with the merge. */
export const SALESFORCE_LIKE: ModelRules = {
  newIdAfterMerge: false,
  loserLeavesTrace: true,
  repeatSucceeds: false,
  fillsBlanks: false,
  losersPerMerge: 2,
  mergeSetsValues: true,
  oldContactIdFinds: false,
  absorbedIdsProperty: false,
};

const MOST_CALLS = 20_000; // So that no test hangs where the code is wrong.

export type Call = 'find' | 'locate' | 'merge' | 'update' | 'create' | 'bring-back';

export interface Fault {
  on: Call;
  /** Whether the call takes effect all the same. */
  when: 'before' | 'after';
  error: CrmError;
  /** So many calls of this kind go well first. */
  after?: number;
}

export interface ModelOptions {
  rules?: Partial<ModelRules>;
  clock?: Clock;
  /** How long each call takes, milliseconds. */
  callMs?: number;
}

/** The simulation's CRM of records as a port, with failures on order and a diary of its calls. */
export function createModelCrm({ rules: changes, clock, callMs = 0 }: ModelOptions = {}) {
  const rules = { ...HUBSPOT_LIKE, ...changes };
  const model = createModelRecordCrm(rules);
  const diary: Call[] = [];
  const faults: Fault[] = [];

  function faultOf(kind: Call): Fault | undefined {
    const fault = faults.find(({ on }) => on === kind);
    if (!fault) return undefined;
    if (fault.after) {
      fault.after -= 1;
      return undefined;
    }
    faults.splice(faults.indexOf(fault), 1);
    return fault;
  }

  async function call<T>(kind: Call, effect: () => T): Promise<T> {
    diary.push(kind);
    if (diary.length > MOST_CALLS) throw new Error('the CRM is called without end');
    if (clock) clock.now += callMs;
    const fault = faultOf(kind);
    if (fault?.when === 'before') throw fault.error;
    const result = effect();
    if (fault) throw fault.error;
    return result;
  }

  const crm: RecordCrm = {
    style: 'record',
    name: 'model',
    rules: portRules(rules),
    find: (contactIds) => call('find', () => model.find(contactIds)),
    locate: (recordIds) => call('locate', () => model.locate(recordIds)),
    merge: ({ survivor, losers, write }) => call('merge', () => model.merge(survivor, losers, write)),
    update: (recordId, write) => call('update', () => model.update(recordId, write)),
    create: (write) => call('create', () => model.create(write)),
    ...portUndo(rules, (loser) => call('bring-back', () => model.bringBack(loser))),
  };

  return {
    crm,
    model,
    diary,
    /** Orders the next calls to fail. */
    fail: (...ordered: Fault[]) => void faults.push(...ordered),
    /** All contacts the CRM holds: contact id → values. */
    people: () =>
      Object.fromEntries([...model.records.values()].map(({ contactId, values }) => [contactId ?? '?', values])),
    changes: () => diary.filter((kind) => kind === 'merge' || kind === 'update' || kind === 'create'),
    /** Contact ids that were merged away, in order. */
    merged: () => model.effects.map(({ loserContact }) => loserContact),
  };
}

export type ModelCrm = ReturnType<typeof createModelCrm>;
