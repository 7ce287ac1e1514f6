import { createSalesforceLinking } from '../../../lib/crm/salesforce/linking.ts';
import { createStaticSession } from '../../../lib/crm/salesforce/session.ts';
import { CrmError } from '../../../lib/errors.ts';
import { scanRecords } from '../../../lib/linking/scan-records.ts';
import { linkableCrmContract } from '../../contracts/linkable-crm.ts';
import { makeId } from '../../lookalikes/salesforce/org.ts';
import { createSalesforceLookalike } from '../../lookalikes/salesforce.ts';

const ID_FIELD = 'Dustess_Contact_Id__c';
const sleep = async () => undefined;

const WORLDS = [
  { name: 'id field unique', mostByPages: 100_000, idFieldNotUnique: false },
  { name: 'id field not unique', mostByPages: 100_000, idFieldNotUnique: true },
  { name: 'read by the Bulk API', mostByPages: 10, idFieldNotUnique: false },
];
for (const { name, mostByPages, idFieldNotUnique } of WORLDS)
  linkableCrmContract(`salesforce (${name})`, async ({ fetch, timeoutMs }) => {
    const quirks = { idFieldNotUnique, pageSize: 25, bulkSetSize: 25 };
    const lookalike = createSalesforceLookalike({ quirks });
    const server = await lookalike.listen();
    const session = createStaticSession(lookalike.sessions.issue());
    const options = { instanceUrl: server.url, session, fetch, now: Date.now, sleep, timeoutMs, mostByPages };
    return {
      crm: createSalesforceLinking(options),
      properties: { note: 'Description', mobile: 'MobilePhone', email: 'Email' },
      seed: async (contactId, values) =>
        lookalike.org.insert({ LastName: 'Seeded', ...values, [ID_FIELD]: contactId ?? null }).Id,
      merge: async (survivor, loser) => void lookalike.org.merge(survivor, [loser], {}),
      unknownRecordId: makeId('003', 999_999),
      idsAreUnique: !idFieldNotUnique,
      morePages: 60,
      async close() {
        await server.close();
        expect(lookalike.violations).toEqual([]);
      },
    };
  });

describe('more contacts than pages are for are read by the Bulk API', () => {
  function open(contacts: number, { mostByPages = 100, bulkSetSize = 40 } = {}) {
    const clock = { now: Date.UTC(2026, 10, 26), slept: 0 };
    const now = () => clock.now;
    const pause = async (ms: number) => {
      clock.now += ms;
      clock.slept += ms;
    };
    const lookalike = createSalesforceLookalike({ now, quirks: { bulkSetSize } });
    for (let index = 0; index < contacts; index++)
      lookalike.seed(`c${index}`, {
        Description: `"a", b\r\nnumber ${index} of them`,
        MobilePhone: String(13_800_100_000 + index),
      });
    const { fetch, sessions } = lookalike;
    const access = { instanceUrl: 'https://acme.my.salesforce.com', session: createStaticSession(sessions.issue()) };
    const crm = createSalesforceLinking({ ...access, fetch, now, sleep: pause, timeoutMs: 10_000, mostByPages });
    const scan = () =>
      scanRecords(crm, {
        properties: { mobile: ['MobilePhone'], note: ['Description'] },
        country: 'CN',
        now,
        sleep: pause,
      });
    const calls = () => lookalike.requests.map(({ operation }) => operation);
    return { ...lookalike, clock, crm, scan, calls };
  }

  it('whole and once, in as few calls as there are sets, and what Salesforce keeps of them is deleted', async () => {
    const { scan, calls, bulk, clock, requests, violations } = open(101);
    const { records } = await scan();
    expect(records.map(({ contactIds: [id] }) => id)).toEqual(Array.from({ length: 101 }, (_, index) => `c${index}`));
    expect(records[7]?.keys).toEqual({ mobile: ['+8613800100007'], note: ['"a", b\r\nnumber 7 of them'] });
    const looks = ['bulkJob', 'bulkJob', 'bulkJob', 'bulkJob'];
    expect(calls()).toEqual(['query', 'bulk', ...looks, ...Array(3).fill('bulkResults'), 'bulkJob']);
    expect(requests.at(-1)?.request.method).toBe('DELETE');
    expect([bulk.jobs.size, violations, clock.slept > 0]).toEqual([0, [], true]);
  });

  it('and not where there are as many as pages are for', async () => {
    const { scan, calls } = open(100);
    expect((await scan()).records).toHaveLength(100);
    expect(calls()).toEqual(['query']);
  });

  it('goes on with the same set after a call that failed, or an answer that was cut short', async () => {
    const { scan, faults, calls } = open(101);
    faults.add({ on: 'bulk', how: { status: 502 } }, { on: 'bulkJob', how: 'hang-up' });
    faults.add({ on: 'bulkResults', how: 'hang-up' }, { on: 'bulkResults', how: 'cut-short', times: 2 });
    expect(new Set((await scan()).records.map(({ recordId }) => recordId)).size).toBe(101);
    expect(calls().filter((operation) => operation === 'bulkResults')).toHaveLength(6);
  });

  it.each(['Failed', 'Aborted', 'InProgress'])('says so where the job comes to no end (%s)', async (state) => {
    const opened = open(101);
    const { fetch } = opened;
    const answering = createSalesforceLinking({
      instanceUrl: 'https://acme.my.salesforce.com',
      session: createStaticSession(opened.sessions.issue()),
      now: () => opened.clock.now,
      async sleep(ms) {
        opened.clock.now += ms;
      },
      timeoutMs: 10_000,
      mostByPages: 100,
      fetch: async (url, init) =>
        url.includes('/jobs/query/') ? Response.json({ id: '750Dn0000000000001', state }) : fetch(url, init),
    });
    const { after } = await answering.scan(['MobilePhone']);
    const error = await answering.scan(['MobilePhone'], after).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CrmError);
    expect(error).toMatchObject({ kind: 'permanent', code: expect.stringMatching(/^BULK_QUERY\./) });
  });
});
