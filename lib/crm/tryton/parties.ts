import type { Json } from '../../json.ts';
import type { TrytonRpc } from './calls.ts';

/** What the `party` module keeps beside a party: telephone numbers, addresses of the net. */
export const MECHANISMS = ['phone', 'mobile', 'fax', 'email', 'website', 'skype', 'sip', 'irc', 'jabber', 'other'];
export const CATEGORIES = 'categories';

const INACTIVE_TOO = { active_test: false };

/** Record ids are numbers in Tryton; what is not a number is the id of no record. */
export const numberOf = (recordId: string): number => (/^\d{1,15}$/.test(recordId) ? Number(recordId) : -1);

export const idsIn = (value: Json | undefined): number[] => (Array.isArray(value) ? value.map(Number) : []);

export interface Mechanism {
  id: number;
  party: number;
  type: string;
  value: string;
}

/** Active ones, in the order in which people see them. @throws CrmError */
export async function readMechanisms(rpc: TrytonRpc, parties: number[]): Promise<Mechanism[]> {
  const fields = ['party', 'type', 'value'];
  const domain = [['party', 'in', parties]];
  const read = await rpc.searchRead({ model: 'party.contact_mechanism', domain, fields });
  return read.map(({ id, party, type, value }) => ({
    id: Number(id),
    party: Number(party),
    type: String(type),
    value: String(value ?? ''),
  }));
}

/** A party as far as merging is concerned. */
export interface PartyState {
  active: boolean;
  replacedBy: number | undefined;
  /** Tryton's own mark of the last change, for its concurrency check. */
  timestamp: string;
}

/** Of these parties and no others, archived ones too. @throws CrmError */
export async function readStates(rpc: TrytonRpc, ids: number[]): Promise<Map<number, PartyState>> {
  const fields = ['active', 'replaced_by', '_timestamp'];
  const domain = [['id', 'in', ids]];
  const read = await rpc.searchRead({ model: 'party.party', domain, fields, context: INACTIVE_TOO });
  const asked = new Set(ids);
  const states = read.map(({ id, active, replaced_by, _timestamp }): [number, PartyState] => [
    Number(id),
    {
      active: active === true || active === 1,
      replacedBy: typeof replaced_by === 'number' ? replaced_by : undefined,
      timestamp: String(_timestamp),
    },
  ]);
  return new Map(states.filter(([id]) => asked.has(id)));
}
