import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { examineTryton } from '../../lib/crm/tryton/doctor.ts';
import { createTrytonCrm } from '../../lib/crm/tryton/tryton.ts';
import { access, openPart, rpc } from './live.ts';

const examine = (changes: Partial<ReturnType<typeof access>> = {}, mapped = ['name', 'mobile', 'categories', 'lang']) =>
  examineTryton({ ...access(), ...changes, mapped });
const wrongIn = (findings: Awaited<ReturnType<typeof examine>>) =>
  findings.filter(({ ok }) => !ok).map(({ check, advice }) => `${check}: ${advice}`);

/** A user without groups: may read and write parties, but not use the wizard. */
async function createUser() {
  const username = `user-${randomUUID()}`;
  const password = 'Xk9-wqLmZ2v7PrTb';
  const users = [{ name: 'Without groups', login: username, password }];
  await rpc.call({ method: 'model.res.user.create', params: [users, {}], repeatable: false });
  return { username, password };
}

describe('the doctor', () => {
  it('finds nothing wrong with a server that is set up, says what it looked at, and changes nothing', async () => {
    const { seed, parties } = openPart();
    await seed('ada');
    const before = await parties();
    const findings = await examine();
    expect(wrongIn(findings)).toEqual([]);
    const checks = findings.filter(({ warning }) => !warning).map(({ check }) => check);
    expect(checks).toEqual([
      'server',
      'database and credentials',
      'rights on party.party',
      'rights on party.identifier',
      'rights on party.contact_mechanism',
      'wizard Replace Party',
      'mapped field name',
      'mapped field lang',
    ]);
    expect(await parties()).toEqual(before);
  });

  it.each<[string, Parameters<typeof examine>, string]>([
    [
      'a wrong password',
      [{ password: 'wrong-password', username: 'unknown' }],
      'database and credentials: tryton: common.db.login answered 401',
    ],
    [
      'an unknown database',
      [{ database: 'unknown' }],
      'database and credentials: tryton: common.db.login was refused with DatabaseUnknown; correct `database` in the settings',
    ],
    [
      'a mapped field that does not exist',
      [{}, ['nickname']],
      'mapped field nickname: party.party has no such field: correct the mapping',
    ],
  ])('says what to do about %s', async (_, options, advice) => {
    expect(wrongIn(await examine(...options))).toEqual([advice]);
  });

  it('says what to do about an address where nothing listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(wrongIn(await examine({ baseUrl: `http://127.0.0.1:${port}` }))).toEqual([
      'address: tryton: POST common.server.version was not sent (ECONNREFUSED): nothing listens at this address and port',
    ]);
  });

  it('says what to do about a user who may not use the wizard; a merge by that user is a matter of rights', async () => {
    const user = await createUser();
    expect(wrongIn(await examine(user))).toEqual([
      'wizard Replace Party: tryton: wizard.party.replace.create was refused with AccessError; give the user this right',
    ]);
    const { prefix, seed, parties } = openPart();
    const [ada, bob] = [await seed('ada'), await seed('bob')];
    const crm = createTrytonCrm({ ...access(), ...user, identifierPrefix: prefix });
    await expect(crm.merge({ survivor: ada, losers: [bob] })).rejects.toMatchObject({
      kind: 'auth',
      code: 'AccessError',
    });
    expect((await parties()).every(({ active }) => active)).toBe(true);
  });
});
