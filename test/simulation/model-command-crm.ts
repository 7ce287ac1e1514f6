import type { Json } from '../../lib/json.ts';
import type { CommandAnswer, MergeCommand, UnmergeCommand } from '../../lib/ports.ts';
import type { MergeEffect } from './model-record-crm.ts';

export interface ModelCommandCrm {
  contacts: Map<string, Map<string, Json>>;
  effects: MergeEffect[];
  /** Two bodies under one key: must stay empty. */
  changedBodies: string[];
  calls: Map<string, number>;
  send(command: MergeCommand, key: string): CommandAnswer;
  unmerge(command: UnmergeCommand, key: string): CommandAnswer;
  /** Contacts that came back, in order. */
  returned: string[];
}

/** An in-house CRM after the contract: survivor's values win, blanks are filled if it likes, `changed` is written last. */
export function createModelCommandCrm(fillsBlanks: boolean): ModelCommandCrm {
  const contacts: ModelCommandCrm['contacts'] = new Map();
  const effects: MergeEffect[] = [];
  const bodies = new Map<string, string>();
  const done = new Set<string>();
  const changedBodies: string[] = [];
  const calls = new Map<string, number>();
  /** Both sides of a merge as they were, by event. */
  const images = new Map<string, { id: string; values: Map<string, Json> | undefined }[]>();
  const returned: string[] = [];

  function execute({ eventId, survivorId, loserIds, changed }: MergeCommand): CommandAnswer {
    images.set(eventId, [survivorId, ...loserIds].map(imageOf));
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

  const imageOf = (id: string) => {
    const values = contacts.get(id);
    return { id, values: values && new Map(values) };
  };

  /** As it was before, whatever came since. */
  function separate({ eventId, loserIds }: UnmergeCommand): CommandAnswer {
    for (const { id, values } of images.get(eventId) ?? []) {
      if (values && loserIds.includes(id)) returned.push(id);
      if (values) contacts.set(id, values);
      else contacts.delete(id);
    }
    return { outcome: 'done' };
  }

  function once(key: string, body: string, work: () => CommandAnswer): CommandAnswer {
    calls.set('command', (calls.get('command') ?? 0) + 1);
    if (bodies.has(key) && bodies.get(key) !== body) changedBodies.push(key);
    bodies.set(key, body);
    if (done.has(key)) return { outcome: 'done' };
    const answer = work();
    if (answer.outcome === 'done') done.add(key);
    return answer;
  }

  return {
    contacts,
    effects,
    changedBodies,
    calls,
    returned,
    send: (command, key) => once(key, JSON.stringify(command), () => execute(command)),
    unmerge: (command, key) => once(key, JSON.stringify(command), () => separate(command)),
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
