import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ID_PROPERTY } from '../crm/hubspot/portal-world.ts';
import { mergeBody, post, sealedEnvelope } from '../local/sender.ts';
import { until, useHubspotStack } from './hubspot-stack.ts';

// Generous: on a busy machine a process of its own takes seconds to start.
jest.setTimeout(600_000);

const folder = mkdtempSync(path.join(tmpdir(), 'merge-sync-link-'));
const { account, url, command } = useHubspotStack({ POLICY: '{"link":{"events":["mobile","email"]}}' });
afterAll(() => rmSync(folder, { recursive: true }));

it('promise 4d: a merge that came before its contacts were linked happens once link --apply has linked them', async () => {
  for (const mobilephone of ['13800138001', '13800138002', '13800138003']) account.portal.create({ mobilephone });
  await post(`${url()}/callback/local`, sealedEnvelope('e1', mergeBody('A', ['B'])));
  await until(async () => (await command('events', '--reason', 'unknown-in-crm')).out.includes('e1'));
  const listed = await command('events', '--reason', 'unknown-in-crm');
  expect(listed.out).toMatch(/e1 +skipped +unknown-in-crm +not in the CRM: A, B/);

  const file = path.join(folder, 'contacts.csv');
  writeFileSync(file, 'id,mobile\nA,13800138001\nB,13800138002\nC,13800138003\n');
  expect(await command('link', file)).toMatchObject({ code: 0 });
  const applied = await command('link', '--apply', path.join(folder, 'contacts.link.json'));
  expect(applied).toMatchObject({
    code: 0,
    out: expect.stringContaining('Replayed, for they waited for these contacts: 1 events'),
  });
  await until(async () => account.portal.merges() === 1);
  const carried = () => [...account.portal.contacts.values()].map(({ values }) => values.get(ID_PROPERTY)).sort();
  await until(async () => !(await command('events', '--reason', 'unknown-in-crm')).out.includes('e1'));
  expect(carried()).toEqual(['A', 'C']);

  await post(`${url()}/callback/local`, sealedEnvelope('e2', mergeBody('A', ['Z'])));
  await until(async () => (await command('events', '--state', 'unlinked')).out.includes('e2'));
  expect(await command('replay', '--contact', 'X')).toMatchObject({
    code: 0,
    err: 'no event fits what was asked for',
  });
  expect(await command('replay', '--contact', 'Z')).toMatchObject({ code: 0, err: '1 queued' });
  await until(async () => (await command('events', '--state', 'unlinked')).out.includes('e2'));
  expect((await command('replay', '--all', '--reason', 'unknown-in-crm')).err).toContain('1 queued');
});

it('promise 12: an export is remembered only where it tells of every contact and every key that events are linked by', async () => {
  const file = path.join(folder, 'remembered.csv');
  const remember = (text: string) => {
    writeFileSync(file, text);
    return command('link', file, '--remember');
  };
  const withoutMail = await remember('id,mobile\nA,13800138001\n');
  expect(withoutMail).toMatchObject({ code: 2, err: expect.stringContaining('no column of email') });
  const damaged = await remember('id,mobile,email\n1.23E+17,13800138001,\nB,13800138002,\n');
  expect(damaged).toMatchObject({ code: 2, err: expect.stringContaining('line 2 has a number or an address') });
  const whole = await remember('id,mobile,email\nA,13800138001,\nB,13800138002,\n,,\n');
  expect(whole).toMatchObject({ code: 0, out: expect.stringContaining('The keys of 2 contacts are remembered') });

  const { id } = account.portal.create({ mobilephone: '13800138009' });
  const body = { id: 'N', account: 'W1', triggerTs: 1, changed: { mobiles: ['13800138009'], email: '' } };
  const about = { event: 'CRM_CONTACT', action: 'CRM_CONTACT_CREATE' };
  await post(`${url()}/callback/local`, JSON.stringify({ ...JSON.parse(sealedEnvelope('n1', body)), ...about }));
  await until(async () => (await command('show', 'n1')).out.includes('linked'));
  expect(account.portal.byId(id)?.values.get(ID_PROPERTY)).toBe('N');
});
