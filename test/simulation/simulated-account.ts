import type { Crm, Fetch } from '../../lib/ports.ts';
import { FIELDS, type FieldKey } from './history.ts';
import { inOnePart } from './model-crms.ts';
import type { MergeEffect } from './model-record-crm.ts';
import type { Actor } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedCrm } from './simulated-crm.ts';
import { CALL_MS, TROUBLE_ENDS_MS, type World } from './world.ts';

/** What a look-alike that speaks HTTP comes down to for the oracle. */
export interface Account {
  name: string;
  /** Living records: contact id and values by field, under the record's id. */
  people(): Map<string, { contactId: string | undefined; values: Record<string, unknown> }>;
  insert(contactId: string, values: Record<string, string>): void;
  respond(url: string, init: RequestInit): Response | Promise<Response>;
  /** Orders the next request to fail as the vendor's documentation says it may. */
  order(random: SeededRandom): void;
  adapter(fetch: Fetch, world: World, actor: Actor): Crm;
  violations(): string[];
  propertyOf(field: FieldKey): string;
  /** The record that a merged-away record is part of now. */
  homeOf(recordId: string): string | undefined;
  cannotCreate?: boolean;
}

export function simulated(account: Account): SimulatedCrm {
  const effects: MergeEffect[] = [];
  const returned: string[] = [];
  const calls = new Map<string, number>();
  return {
    name: account.name,
    cannotCreate: account.cannotCreate ?? false,
    effects,
    returned,
    calls,
    mapping: Object.fromEntries(FIELDS.map((field) => [field, account.propertyOf(field)])),
    seen: () => [...account.people().values()],
    seed: (contactId, values) => {
      const taken = [...account.people().values()].some((person) => person.contactId === contactId);
      if (!taken) account.insert(contactId, values);
    },
    complaints: () => account.violations(),
    port: (world, actor) => {
      const arrive = (url: string, init: RequestInit) => {
        const label = `${init.method} ${new URL(url).pathname}`;
        calls.set(label.replace(/\d{3,}|003\w+/g, 'ID'), (calls.get(label.replace(/\d{3,}|003\w+/g, 'ID')) ?? 0) + 1);
        world.scheduler.pass(world.random.below(world.random.chance(0.05) ? CALL_MS : 300));
        if (world.isYoung(TROUBLE_ENDS_MS) && world.random.chance(0.04)) account.order(world.random);
        return observed(account, { effects, returned }, () => account.respond(url, init));
      };
      const fetch: Fetch = (url, init) =>
        world.scheduler
          .call(
            actor,
            `${init.method} ${new URL(url).pathname} ${init.body ?? ''}`,
            () => ({ answer: arrive(url, init) }),
            {
              faulty: (when) => noAnswer(world.random, when),
              timeoutMs: CALL_MS,
              ...(init.method !== 'GET' && { late: inOnePart(() => arrive(url, init)) }),
            },
          )
          .then(({ answer }) => answer);
      return account.adapter(fetch, world, actor);
    },
  };
}

interface Seen {
  effects: MergeEffect[];
  /** Contacts that came back from a merge, in order. */
  returned: string[];
}

/**
 * A record that a request makes disappear was merged away by it, unless it only got another id; a contact that was merged
 * away and has a record again has come back.
 */
function observed(account: Account, { effects, returned }: Seen, request: () => Response | Promise<Response>) {
  const before = account.people();
  const answer = Promise.resolve(request());
  answer.catch(() => undefined); // Its caller may be dead by now.
  const after = account.people();
  const minted = [...after].filter(([id]) => !before.has(id)).map(([, { contactId }]) => contactId);
  const contacts = new Set([...before.values()].map(({ contactId }) => contactId));
  for (const contactId of new Set([...after.values()].map((person) => person.contactId)))
    if (contactId !== undefined && !contacts.has(contactId) && effects.some((one) => one.loserContact === contactId))
      returned.push(contactId);
  for (const [loserRecord, { contactId: loserContact }] of before) {
    if (after.has(loserRecord) || minted.includes(loserContact)) continue;
    const survivorContact = after.get(account.homeOf(loserRecord) ?? '')?.contactId;
    effects.push({ survivorContact, loserContact, loserRecord });
  }
  return answer;
}

function noAnswer(random: SeededRandom, when: 'before' | 'after'): Error {
  const code = when === 'before' ? random.pick(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET']) : 'ECONNRESET';
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}
