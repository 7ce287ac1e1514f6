import { SAMPLE_ENVELOPE } from '../dustess/sample.ts';
import type { CallbackInput } from './callback-input.ts';
import { Refused, UsageError } from './exit.ts';
import type { Io } from './io.ts';
import { describeLocal } from './local-stack.ts';

/** A merge as its contact ids alone describe it. */
export interface NamedMerge {
  main: string;
  losers: string[];
}

interface NamedMergeOptions {
  main?: string;
  merge?: string[];
  seed?: true;
}

/** @returns undefined when none is named. @throws UsageError for half a merge, or one beside a file. */
export function readNamedMerge(options: NamedMergeOptions, file: string | undefined): NamedMerge | undefined {
  const { main, merge: losers = [] } = options;
  if (main === undefined && losers.length === 0 && !options.seed) return undefined;
  if (!main || losers.length === 0)
    throw new UsageError('name both: --main A --merge B merges contact B into contact A');
  if (file !== undefined) throw new UsageError('give either a file or --main and --merge');
  return { main, losers };
}

/** The event of this merge, as of now; it changes no field. */
export function namedMergeInput({ main, losers }: NamedMerge, { now }: Pick<Io, 'now'>): CallbackInput {
  const { event, action, body } = SAMPLE_ENVELOPE;
  const { account = '', uid = '' } = body;
  const merge = { id: main, mainID: main, account, uid, actionOrigin: 'normal', mergedIDs: losers };
  const details = { mergedContacts: losers.map(() => ({})), changed: {}, old: {} };
  return { id: undefined, event, action, body: { ...merge, ...details, triggerTs: Math.floor(now() / 1000) } };
}

/**
 * Makes the contacts that a merge names in the demo CRM of the stack that has this callback URL. What is there already,
 * or was merged before, stays as it is. @returns the ids of the new ones. @throws Refused, UsageError
 */
export async function seedDemoCrm(url: URL, { main, losers }: NamedMerge, io: Io): Promise<string[]> {
  const { demoCrm } = await describeLocal(url.origin, io);
  if (!demoCrm) throw new UsageError('--seed makes contacts in the demo CRM only, and this stack has another CRM');
  const fields = [
    { remark: `contact ${main}` },
    ...losers.map((id) => ({ remark: `contact ${id}`, memberLevel: 'gold' })),
  ];
  const made: string[] = [];
  for (const [index, id] of [main, ...losers].entries())
    if (await makeContact(demoCrm, { id, fields: fields[index] }, io)) made.push(id);
  return made;
}

async function makeContact(demoCrm: string, contact: { id: string; fields: unknown }, io: Io): Promise<boolean> {
  const known = await io.fetch(`${demoCrm}/contacts/${encodeURIComponent(contact.id)}`, {});
  const { mergedInto } = (await known.json()) as { mergedInto?: string };
  if (known.ok || mergedInto !== undefined) return false;
  const headers = { 'content-type': 'application/json' };
  const answer = await io.fetch(`${demoCrm}/contacts`, { method: 'POST', headers, body: JSON.stringify(contact) });
  if (!answer.ok) throw new Refused(`the demo CRM did not take the contact (HTTP ${answer.status})`);
  return true;
}
