import type { Plan } from '../../lib/ledger/plans.ts';
import { mergedBefore } from '../../lib/merge/plan/merged-before.ts';
import type { Planning } from '../../lib/merge/plan/planning.ts';
import type { CrmRecord } from '../../lib/ports.ts';
import { createModelCrm } from './crms.ts';
import { createMergeWorld } from './merge-world.ts';

const recordOf = (contactId: string | undefined): CrmRecord => ({ recordId: `r-${contactId}`, contactId, values: {} });

/** The event's plans so far, and the one to be made now with these losers' records found. */
async function goneOf(
  plans: [number, (string | undefined)[]][],
  now: { number: number; found?: string[]; heir?: string },
) {
  const { ours } = createMergeWorld({ crm: createModelCrm().crm });
  for (const [number, before] of plans)
    await ours.plans.store('e1', { number, before: before.map(recordOf) } as Plan, Number.MAX_SAFE_INTEGER);
  const planning = {
    event: { eventId: 'e1' },
    number: now.number,
    identities: { survivor: 's', absorbed: ['a', 'b'] },
  } as unknown as Planning;
  const losers = (now.found ?? []).map((contact) => ({ contact, record: recordOf(contact) }));
  const found = { losers, known: [], ...(now.heir !== undefined && { heir: now.heir }) };
  return (await mergedBefore(planning, ours, found)).map(({ contactId }) => contactId);
}

describe('promise 4b: losers that an earlier plan of the event may have merged', () => {
  it('are those that it found and that have no record by now', async () => {
    expect(await goneOf([[1, ['s', 'a', 'b']]], { number: 2, found: ['b'] })).toEqual(['a']);
    expect(await goneOf([[1, ['s', 'a', 'b']]], { number: 2, found: ['b'], heir: 'a' })).toEqual([]);
    expect(await goneOf([[1, ['s', 'a', 'b']]], { number: 2, found: ['a', 'b'] })).toEqual([]);
  });

  it('are none of the survivor, of other contacts, or of records without an id', async () => {
    expect(await goneOf([[1, ['s', 'x', undefined]]], { number: 2 })).toEqual([]);
  });

  it('are those of every plan before this one, and of no other', async () => {
    const plans: [number, string[]][] = [
      [1, ['a']],
      [2, ['b']],
      [3, ['a', 'b']],
    ];
    expect(await goneOf(plans, { number: 3 })).toEqual(['a', 'b']);
    expect(await goneOf(plans, { number: 2 })).toEqual(['a']);
    expect(await goneOf(plans, { number: 1 })).toEqual([]);
  });
});
