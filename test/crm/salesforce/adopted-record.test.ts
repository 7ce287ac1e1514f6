import type { Fault } from '../../lookalikes/salesforce/faults.ts';
import type { SalesforceQuirks } from '../../lookalikes/salesforce/quirks.ts';
import { createMergeWorld, type Told } from '../../merge/merge-world.ts';
import { closeWorlds, openWorld } from './world.ts';

const ID_FIELD = 'Dustess_Contact_Id__c';
const TOLD: Told = { id: 'e1', survivor: 's', losers: ['a', 'b'], changed: { remark: 'new' }, at: 100 };
const READINGS: [string, SalesforceQuirks][] = [
  ['may be set by a merge', {}],
  ['may not be set by a merge', { refusesExternalIdsInMerge: true }],
];
const INTERRUPTIONS: [string, Fault[]][] = [
  ['nothing', []],
  ['a merge without an answer', [{ on: 'merge', when: 'after-effect', how: 'hang-up' }]],
  ['a merge that never arrived', [{ on: 'merge', how: 'hang-up' }]],
  ['an update without an answer', [{ on: 'update', when: 'after-effect', how: 'hang-up' }]],
  ['an update that never arrived', [{ on: 'update', how: 'hang-up' }]],
  ['a lock', [{ on: 'update', how: { code: 'UNABLE_TO_LOCK_ROW' } }]],
];

afterEach(closeWorlds);

describe.each(READINGS)('promise 4a: External ID fields that %s', (_, quirks) => {
  it.each(INTERRUPTIONS)('an adopted record ends under the survivor’s contact id, after %s', async (__, faults) => {
    const { crm, lookalike } = await openWorld({ quirks });
    const world = createMergeWorld({ crm, mapping: { remark: 'Description' } });
    const a = lookalike.seed('a');
    lookalike.seed('b');
    lookalike.faults.add(...faults);
    expect((await world.tell(TOLD)).state).toBe('applied');
    expect(lookalike.org.row(a)?.fields).toMatchObject({ [ID_FIELD]: 's', Description: 'new' });
    expect(lookalike.org.absorbed).toBe(1);
    for (const { values } of lookalike.merges()) expect(Object.keys(values)).not.toContain(ID_FIELD);
  });
});
