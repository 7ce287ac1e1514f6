import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsoleOptions } from '../../lib/console/deployment.ts';
import { createHubspotCrm } from '../../lib/crm/hubspot/hubspot.ts';
import { createLinkableCrm } from '../../lib/crm/registry.ts';
import { createAccount, ID_PROPERTY } from '../crm/hubspot/portal-world.ts';
import { type Clock, createMergeWorld, TENANT } from '../merge/merge-world.ts';

/** The numbers of the two contacts of `parkOne`; invented. */
export const NUMBERS = { survivor: '13800138001', loser: '13800138002' };

/** A world whose CRM is HubSpot's look-alike, and events with unknown contacts are parked to ask. */
export async function createLinkingWorld(clock: Clock = { now: Date.now() }) {
  const account = createAccount();
  const server = await account.listen();
  const settings = { kind: 'hubspot', token: 'pat-test', baseUrl: server.url };
  const parts = { fetch, now: Date.now, sleep };
  const crm = createHubspotCrm({ ...parts, baseUrl: server.url, token: 'pat-test', timeoutMs: 30_000 });
  const world = createMergeWorld({ crm, clock, policy: { whenMissing: 'ask' } });
  const linkable: ConsoleOptions['deployment']['linkable'] = async () => {
    const linking = await createLinkableCrm(TENANT, { crm: settings }, { ...parts, ledger: undefined });
    return linking && { crm: linking, country: 'CN' };
  };
  return {
    world,
    account,
    linkable,
    /** An event of two contacts of which no record carries the id: the survivor has one candidate, the loser two. */
    async parkOne(id: string, survivor: string, loser: string) {
      const { portal } = account;
      const records = {
        survivor: portal.create({ mobilephone: NUMBERS.survivor, firstname: 'Ada' }).id,
        loser: portal.create({ phone: NUMBERS.loser }).id,
        foreign: portal.create({ mobilephone: NUMBERS.loser, [ID_PROPERTY]: 'another' }).id,
      };
      await world.tell({
        ...{ id, survivor, losers: [loser], at: Math.floor(clock.now / 1000) },
        ...{ old: { mobiles: [NUMBERS.survivor] }, mergedContacts: [{ mobiles: [NUMBERS.loser] }] },
      });
      return records;
    },
    idOf: (record: string) => account.portal.byId(record)?.values.get(ID_PROPERTY) || undefined,
    close: server.close,
  };
}
