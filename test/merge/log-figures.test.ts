import { CrmError } from '../../lib/errors.ts';
import { createScriptedCrm, type Reply } from './crms.ts';
import { createMergeWorld, START } from './merge-world.ts';

const TOLD = { id: 'e1', survivor: 's', losers: ['a'] };
const soon = new CrmError('retry-soon', 'injected');

async function told(script: Reply[], at = START / 1000) {
  const world = createMergeWorld({ crm: createScriptedCrm(...script).crm });
  await world.tell({ ...TOLD, at });
  const lines = world.lines.map((line) => JSON.parse(line)).filter(({ state }) => state !== undefined);
  return lines.filter(({ message }) => message !== 'callback accepted');
}

describe('the figures in an event’s log lines', () => {
  it('of one that is applied: the seconds since the merge in 尘锋, whole, and none where its clock is ahead', async () => {
    expect((await told([], START / 1000 - 100)).at(-1)).toMatchObject({ state: 'applied', lagSeconds: 100 });
    expect((await told([], START / 1000 + 60)).at(-1)).toMatchObject({ state: 'applied', lagSeconds: 0 });
  });

  it('of one that came to nothing in the CRM: no seconds since the merge, for none reached it', async () => {
    const line = (await told([{ outcome: 'unknown-contacts' }])).at(-1);
    expect(line).toMatchObject({ state: 'skipped', reason: 'unknown-in-crm' });
    expect(line).not.toHaveProperty('lagSeconds');
  });

  it('of one that waits for the CRM: the seconds from its first failure to its next try; of one that is over: none', async () => {
    const lines = await told([soon, soon, { outcome: 'contradiction', code: 'locked' }]);
    const waits = lines.filter(({ state }) => state === 'waiting');
    expect(waits.map(({ waitSeconds }) => waitSeconds)).toEqual([2, 5]);
    expect(lines.at(-1)).toMatchObject({ state: 'parked', reason: 'crm-contradiction:locked' });
    for (const figure of ['waitSeconds', 'lagSeconds']) expect(lines.at(-1)).not.toHaveProperty(figure);
  });

  it('of calls: those that were refused, whether by an error or by a contradiction, and those that were done', async () => {
    const refused = (await told([soon, { outcome: 'contradiction', code: 'locked' }])).filter(
      (line) => line.crmRefused,
    );
    expect(refused.map(({ crmRefused }) => crmRefused)).toEqual([1, 1]);
    expect(refused.every((line) => !line.crmDone)).toBe(true);
    expect((await told([])).at(-1)).toMatchObject({ crmDone: 1 });
  });
});
