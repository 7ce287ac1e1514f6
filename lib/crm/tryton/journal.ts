import * as v from 'valibot';
import { CrmError } from '../../errors.ts';
import { askedOnce } from '../asked-once.ts';
import type { JournalProperties } from '../setting-fields.ts';
import type { TrytonRpc } from './calls.ts';
import { VENDOR } from './failures.ts';
import { MECHANISMS } from './parties.ts';

const Fields = v.record(v.string(), v.looseObject({ type: v.string() }));

/** Names of what plans keep of parties as they were, besides what the tenant maps. */
export function createJournalNames(rpc: TrytonRpc, properties: JournalProperties = []): () => Promise<string[]> {
  return properties === 'all' ? askedOnce(() => readNames(rpc)) : async () => properties;
}

/** Fields of parties but files and pictures, and every kind of contact mechanism. @throws CrmError */
async function readNames(rpc: TrytonRpc): Promise<string[]> {
  const method = 'model.party.party.fields_get';
  const fields = v.safeParse(Fields, await rpc.call({ method, params: [[], {}], repeatable: true }));
  if (!fields.success)
    throw new CrmError('retry-soon', `${VENDOR}: ${method} answered something else than fields`, {
      code: 'UNREADABLE',
    });
  const own = Object.entries(fields.output).filter(([, { type }]) => type !== 'binary');
  return [...own.map(([name]) => name), ...MECHANISMS];
}
