import type { Json } from '../../lib/json.ts';
import type { CommandAnswer, MergeCommand } from '../../lib/ports.ts';
import type { MergeEffect } from './model-record-crm.ts';

export interface ModelCommandCrm {
  contacts: Map<string, Map<string, Json>>;
  effects: MergeEffect[];
  /** Two bodies under one key: must stay empty. */
  changedBodies: string[];
  calls: Map<string, number>;
  send(command: MergeCommand, key: string): CommandAnswer;
}

/** An in-house CRM after the contract: survivor's values win, blanks are filled if it likes, `changed` is written last. */
export function createModelCommandCrm(fillsBlanks: boolean): ModelCommandCrm {
  const contacts: ModelCommandCrm['contacts'] = new Map();
  const effects: MergeEffect[] = [];
  const bodies = new Map<string, string>();
  const done = new Set<string>();
  const changedBodies: string[] = [];
  const calls = new Map<string, number>();

  function execute({ survivorId, loserIds, changed }: MergeCommand): CommandAnswer {
    const losers = loserIds.filter((id) => contacts.has(id));
    let survivor = contacts.get(survivorId);
    if (!survivor && losers.length === 0) return { outcome: 'unknown-contacts' };
    if (!survivor) {
      const heir = losers.shift() ?? '';
      survivor = contacts.get(heir) ?? new Map();
      contacts.delete(heir);
      contacts.set(survivorId, survivor);
    }
    for (const loser of losers) {
      effects.push({ survivorContact: survivorId, loserContact: loser, loserRecord: loser });
      if (fillsBlanks)
        for (const [key, value] of contacts.get(loser) ?? [])
          if ((survivor.get(key) ?? '') === '') survivor.set(key, value);
      contacts.delete(loser);
    }
    for (const [key, value] of flat(changed)) survivor.set(key, value);
    return { outcome: 'done' };
  }

  return {
    contacts,
    effects,
    changedBodies,
    calls,
    send(command, key) {
      calls.set('command', (calls.get('command') ?? 0) + 1);
      const body = JSON.stringify(command);
      if (bodies.has(key) && bodies.get(key) !== body) changedBodies.push(key);
      bodies.set(key, body);
      if (done.has(key)) return { outcome: 'done' };
      const answer = execute(command);
      if (answer.outcome === 'done') done.add(key);
      return answer;
    },
  };
}

function flat(changed: { [key: string]: Json }): [string, Json][] {
  const { customFields, ...rest } = changed;
  const custom = Array.isArray(customFields) ? customFields : [];
  return [
    ...Object.entries(rest),
    ...custom.flatMap((one): [string, Json][] => {
      if (typeof one !== 'object' || one === null || Array.isArray(one)) return [];
      return [[`customFields.${String(one.id)}`, typeof one.value === 'string' ? JSON.parse(one.value) : null]];
    }),
  ];
}
