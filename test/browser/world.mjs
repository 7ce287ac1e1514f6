import { CrmError, StoreError } from '../../lib/errors.ts';
import { createLinkingWorld } from '../console/linking-world.ts';
import { createModelCrm, createScriptedCrm, HUBSPOT_LIKE } from '../merge/crms.ts';
import { createMergeWorld } from '../merge/merge-world.ts';

const MINUTE = 60_000;

/** Contacts as 尘锋 names them; invented. */
const contact = (n) => `${(0x2df106aa + n * 7919).toString(16)}-7057-11ed-a049-${String(n).padStart(12, '0')}`;
const event = (n) => `${(0xd7ed8618 + n * 104_729).toString(16)}-6180-4ded-a5a5-${String(n).padStart(12, '0')}`;

/** A day of a tenant: merges, one that is parked, two that are held, one without an answer, one that met nobody. */
export async function aDay() {
  const silent = Array.from({ length: 10 }, () => new CrmError('ambiguous', 'no answer'));
  const { crm, script } = createScriptedCrm();
  const clock = { now: Date.now() - 20 * 60 * MINUTE };
  const world = createMergeWorld({ crm, clock, timing: { giveUpMs: 5 * MINUTE } });
  const fields = { old: { remark: 'before' }, changed: { remark: 'after', position: 'buyer' } };
  const told = (n, survivor, ...losers) => ({
    ...{ id: event(n), survivor: contact(survivor), losers: losers.map(contact), ...fields },
    at: Math.floor(clock.now / 1000),
  });
  const names = { tree: contact(1), merged: contact(3), parked: event(40), unanswered: event(42), unlinked: event(43) };
  for (let n = 2; n < 22; n++) {
    await world.tell(n % 4 === 0 ? told(n, n - 1, n) : told(n, 1, n));
    clock.now += 50 * MINUTE;
  }
  await world.tell(told(40, 60, 60));
  script.push({ outcome: 'unknown-contacts' });
  await world.tell(told(43, 70, 71));
  script.push(...silent);
  await world.receive(told(42, 80, 81));
  await world.drain(120 * MINUTE);
  world.policy({ limits: { mergesPerHour: 1, mergesPerSurvivorPerDay: 500 } });
  for (const n of [50, 51, 52]) await world.tell(told(n, n + 40, n + 50));
  return { world, names };
}

/** An event whose contacts no record carries the id of, at HubSpot's look-alike: a person confirms who is who. */
export async function anAskingEvent() {
  const made = await createLinkingWorld();
  const names = { asking: event(60), survivor: contact(110), loser: contact(111) };
  const records = await made.parkOne(names.asking, names.survivor, names.loser);
  return { ...made, names: { ...names, records } };
}

/** Two merges of one survivor in a CRM that makes new records of what it takes apart; a third event repeats the second. */
export async function aMergeToUndo() {
  const clock = { now: Date.now() - 60 * MINUTE };
  const { crm, model } = createModelCrm({ clock, rules: { ...HUBSPOT_LIKE, comesBackAs: 'new-record' } });
  const world = createMergeWorld({ crm, clock, mapping: { remark: 'remark', position: 'jobtitle' } });
  for (const n of [1, 2, 3])
    model.seed(contact(n), { remark: `remark of ${n}`, ...(n > 1 && { city: `city of ${n}` }) });
  const told = (n, loser, changed) => ({
    ...{ id: event(n), survivor: contact(1), losers: [contact(loser)], changed, at: Math.floor(clock.now / 1000) },
  });
  for (const [n, loser] of [
    [1, 2],
    [2, 3],
    [3, 3],
  ]) {
    await world.tell(told(n, loser, { remark: `remark after ${n}`, position: 'buyer' }));
    clock.now += MINUTE;
  }
  clock.now = Date.now();
  const names = { survivor: contact(1), loser: contact(3), first: event(1), latest: event(2), repeat: event(3) };
  return { world, model, names, tenantCrm: async () => world.tenant };
}

/** The same day, and a store that fails while `failing.with` names an error of AWS. */
export async function aFailingDay() {
  const day = await aDay();
  const failing = {};
  const { world } = day;
  const ledger = (tenant) => {
    if (failing.with)
      throw new StoreError('DynamoDB: query failed', { cause: Object.assign(new Error(), { name: failing.with }) });
    return world.ledgerOf(tenant);
  };
  const deployment = { name: 'merge-sync-test', tenants: ['acme'], ledger, rates: world.ledger, queue: world.queue };
  return { ...day, failing, options: { deployment } };
}
