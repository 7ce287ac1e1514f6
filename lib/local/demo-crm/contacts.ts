import type { JsonObject } from '../../json.ts';
import { openEntryFile } from './entry-file.ts';
import { filledFields, firstOf, plainFields } from './fields.ts';

/** A person as the demo CRM knows it. Field values are plain; a custom field's key is `customFields.<id>`. */
export interface DemoContact {
  id: string;
  fields: JsonObject;
  /** Ids of the contacts it took in. */
  absorbed: string[];
}

export interface DemoCommand {
  /** The idempotency key. */
  webhookId: string;
  tenant: string;
  eventId: string;
  survivorId: string;
  loserIds: string[];
  /** In the sender's shape: custom fields are a list of `{id,type,value}`. */
  changed: JsonObject;
}

/** A command that took effect. */
export interface DemoMerge extends Omit<DemoCommand, 'changed'> {
  at: number;
  /** Each record as it was, the survivor's first; and the one that is left. */
  before: { id: string; fields: JsonObject }[];
  after: JsonObject;
  /** Those of the losers that had a record here. */
  merged: string[];
  /** How often the same command has come. */
  deliveries: number;
}

export type DemoAnswer = 'done' | 'unknown-contacts' | { contradiction: string };

export interface DemoContacts {
  all(): DemoContact[];
  get(id: string): DemoContact | undefined;
  /** Where a contact that was merged away is now. */
  mergedInto(id: string): string | undefined;
  put(id: string, fields: JsonObject): void;
  /** What the command-style contract asks of a receiver: in effect once for each webhook-id. */
  merge(command: DemoCommand, at: number): DemoAnswer;
  merges(): DemoMerge[];
}

interface State {
  contacts: Map<string, DemoContact>;
  gone: Map<string, string>;
  merges: Map<string, DemoMerge>;
}

type Entry = { contact: { id: string; fields: JsonObject } } | { command: DemoCommand; at: number };

/** @param file keeps every change, before it is answered; in memory if left out. */
export function createDemoContacts(file: string | undefined): DemoContacts {
  const state: State = { contacts: new Map(), gone: new Map(), merges: new Map() };
  const { entries, append } = openEntryFile<Entry>(file);
  for (const entry of entries) take(state, entry);
  const keep = (entry: Entry) => {
    append(entry);
    take(state, entry);
  };
  return {
    all: () => [...state.contacts.values()],
    get: (id) => state.contacts.get(id),
    mergedInto: (id) => state.gone.get(id),
    put: (id, fields) => keep({ contact: { id, fields } }),
    merge(command, at) {
      const refusal = refusalOf(state, command);
      if (refusal) return refusal;
      keep({ command, at });
      return 'done';
    },
    merges: () => [...state.merges.values()],
  };
}

function take(state: State, entry: Entry): void {
  if ('contact' in entry) return putContact(state, entry.contact.id, entry.contact.fields);
  const before = state.merges.get(entry.command.webhookId);
  if (before) before.deliveries += 1;
  else carryOut(state, entry.command, entry.at);
}

function putContact({ contacts, gone }: State, id: string, fields: JsonObject): void {
  gone.delete(id);
  contacts.set(id, { id, fields: filledFields(fields), absorbed: contacts.get(id)?.absorbed ?? [] });
}

function refusalOf({ contacts, gone, merges }: State, command: DemoCommand): DemoAnswer | undefined {
  if (merges.has(command.webhookId)) return undefined;
  const { survivorId, loserIds } = command;
  if (gone.has(survivorId)) return { contradiction: 'survivor-merged-away' };
  const elsewhere = loserIds.some((id) => gone.has(id) && gone.get(id) !== survivorId);
  if (elsewhere) return { contradiction: 'loser-merged-elsewhere' };
  return [survivorId, ...loserIds].some((id) => contacts.has(id)) ? undefined : 'unknown-contacts';
}

/** A survivor that is not known here takes over the first loser's record: its fields are the first to fill the blanks. */
function carryOut({ contacts, gone, merges }: State, { changed, ...command }: DemoCommand, at: number): void {
  const id = command.survivorId;
  const losers = command.loserIds.flatMap((loser) => contacts.get(loser) ?? []);
  const survivor = contacts.get(id) ?? { id, fields: {}, absorbed: [] };
  const fields = firstOf([plainFields(changed), survivor.fields, ...losers.map((loser) => loser.fields)]);
  const newcomers = losers.flatMap((loser) => [loser.id, ...loser.absorbed]);
  for (const loser of losers) contacts.delete(loser.id);
  for (const newcomer of newcomers) gone.set(newcomer, id);
  const after = filledFields(fields);
  const before = [...(contacts.get(id) ? [survivor] : []), ...losers].map((one) => ({
    id: one.id,
    fields: one.fields,
  }));
  contacts.set(id, { id, fields: after, absorbed: [...survivor.absorbed, ...newcomers] });
  merges.set(command.webhookId, {
    ...command,
    at,
    before,
    after,
    merged: losers.map((loser) => loser.id),
    deliveries: 1,
  });
}
