import * as v from 'valibot';
import { CrmError } from '../../errors.ts';
import type { RecordUndo } from '../../ports.ts';
import type { TrytonRpc } from './calls.ts';
import { VENDOR } from './failures.ts';
import { CATEGORIES, MECHANISMS, numberOf, readStates } from './parties.ts';
import { TRYTON_OWN_FIELDS } from './reserved-fields.ts';

const CANNOT = [
  {
    en: 'Addresses and telephone numbers of the merged party stay, archived, with the survivor: Tryton moved them. Numbers that the journal has are written anew.',
    zh: '被合并的参与方的地址和联系方式已归档并移到主联系人名下，不会移回。调用记录里有的号码会重新写入。',
  },
  {
    en: 'References of other modules (sales, invoices …) stay with the survivor.',
    zh: '其他模块（销售、发票等）的引用仍指向主联系人。',
  },
];

const OWN = new Set<string>(TRYTON_OWN_FIELDS);
const PLAIN = ['char', 'text', 'integer', 'bigint', 'float', 'boolean', 'selection', 'many2one'];
const Fields = v.record(v.string(), v.looseObject({ type: v.string(), readonly: v.optional(v.unknown()) }));

/** Tryton's wizard archives a merged party and points it to the survivor; both are taken back with one write. */
export function createUndo(rpc: TrytonRpc): RecordUndo {
  return {
    comesBackAs: 'itself',
    cannot: CANNOT,
    writable: (properties) => writableOf(rpc, properties),
    async bringBack({ recordId }) {
      await reactivate(rpc, numberOf(recordId));
      return { recordId };
    },
  };
}

/** Plain fields that may be written, kinds of contact mechanisms, and categories by name. */
async function writableOf(rpc: TrytonRpc, properties: string[]): Promise<string[]> {
  const method = 'model.party.party.fields_get';
  const fields = v.safeParse(Fields, await rpc.call({ method, params: [[], {}], repeatable: true }));
  if (!fields.success)
    throw new CrmError('retry-soon', `${VENDOR}: ${method} answered something else than fields`, {
      code: 'UNREADABLE',
    });
  const own = Object.entries(fields.output).filter(([, { type, readonly }]) => PLAIN.includes(type) && !readonly);
  const names = new Set([...own.map(([name]) => name).filter((name) => !OWN.has(name)), ...MECHANISMS, CATEGORIES]);
  return properties.filter((name) => names.has(name));
}

async function reactivate(rpc: TrytonRpc, id: number): Promise<void> {
  const state = (await readStates(rpc, [id])).get(id);
  if (state?.replacedBy === undefined || state.active)
    throw new CrmError('permanent', `${VENDOR}: the party is not merged away any more`, { code: 'not-replaced' });
  // Tryton refuses the write where the party was changed since it was read.
  const context = { _timestamp: { [`party.party,${id}`]: state.timestamp } };
  const values = { active: true, replaced_by: null };
  await rpc.call({ method: 'model.party.party.write', params: [[id], values, context], repeatable: false });
}
