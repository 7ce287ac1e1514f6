import type { Finding } from '../../../lib/crm/finding.ts';
import { examineHubspot, type HubspotExamination } from '../../../lib/crm/hubspot/doctor.ts';
import { property } from '../../lookalikes/hubspot-account.ts';
import { createAccount } from './portal-world.ts';

const NOW = Date.UTC(2026, 10, 26);
const ID = 'dustess_contact_id';

function open() {
  const account = createAccount({ now: () => NOW });
  const { portal } = account;
  const examine = async (more: Partial<HubspotExamination> = {}): Promise<Map<string, Finding>> => {
    const access = { token: 'pat-test', fetch: account.fetch, now: () => NOW, sleep: async () => {}, timeoutMs: 1_000 };
    const findings = await examineHubspot({ ...access, mapped: new Map(), creates: false, fix: false, ...more });
    expect(account.broken).toEqual([]);
    return new Map(findings.map((finding) => [finding.check, finding]));
  };
  const archive = (more: Parameters<typeof property>[1]) => {
    portal.properties.delete(ID);
    portal.archivedProperties.set(ID, property(ID, more));
  };
  return { account, portal, examine, archive };
}

describe('an archived property with the name of the id property', () => {
  it('without unique values is not restored: another name is needed', async () => {
    const { portal, examine, archive } = open();
    archive({ hasUniqueValue: false });
    for (const fix of [false, true]) {
      const finding = (await examine({ fix })).get(`property ${ID}`);
      expect(finding).toMatchObject({ ok: false, advice: expect.stringContaining('choose another name') });
      expect(finding?.advice).toContain('archived');
    }
    expect(portal.properties.has(ID)).toBe(false);
  });

  it('with unique values is restored by --fix, and nothing is said to be created', async () => {
    const { portal, examine, archive } = open();
    archive({ hasUniqueValue: true });
    expect((await examine()).get(`property ${ID}`)).toMatchObject({
      ok: false,
      advice: expect.stringContaining('--fix'),
    });
    const fixed = (await examine({ fix: true })).get(`property ${ID}`);
    expect(fixed).toMatchObject({ ok: true, advice: 'restored from the archive' });
    expect(portal.properties.get(ID)?.hasUniqueValue).toBe(true);
  });

  it('that only the creation brings back is seen in what comes back', async () => {
    const { account, portal, examine } = open();
    portal.properties.delete(ID);
    const definition = {
      name: ID,
      label: ID,
      type: 'string',
      fieldType: 'text',
      groupName: 'g',
      description: '',
      options: [],
    };
    account.fail({
      on: /POST .*properties/,
      when: 'before-effect',
      answer: { status: 201, body: { ...definition, hasUniqueValue: false } },
    });
    const finding = (await examine({ fix: true })).get(`property ${ID}`);
    expect(finding).toMatchObject({ ok: false, advice: expect.stringContaining('need not be unique') });
  });

  it.each(['<html>', '{}', ''])('created, and answered with %j: that it was made is not claimed', async (body) => {
    const { account, portal, examine } = open();
    portal.properties.delete(ID);
    account.fail({ on: /POST .*properties/, when: 'before-effect', answer: { status: 201, body } });
    expect((await examine({ fix: true })).get(`property ${ID}`)?.ok).toBe(false);
  });
});

describe('a mapped property with a list of options', () => {
  it('has every value that the mapping may write, or the doctor names those it refuses', async () => {
    const { examine } = open();
    const good = await examine({ mapped: new Map([['colours', ['red', 'blue']]]) });
    expect(good.get('mapped property colours')).toMatchObject({
      ok: true,
      advice: expect.stringContaining('every option'),
    });
    const bad = await examine({ mapped: new Map([['colours', ['red', 'violet']]]) });
    expect(bad.get('mapped property colours')).toMatchObject({
      ok: false,
      advice: expect.stringContaining('no option violet'),
    });
  });

  it('is worth a warning where the mapping lists none', async () => {
    const { examine } = open();
    const finding = (await examine({ mapped: new Map([['colours', []]]) })).get('mapped property colours');
    expect(finding).toMatchObject({ ok: true, warning: true, advice: expect.stringContaining('INVALID_OPTION') });
  });
});

describe('what the settings ask for', () => {
  it('a version that ends within a year is warned of', async () => {
    const { examine } = open();
    expect((await examine({ apiVersion: '2026-03' })).get('support for 2026-03')).toMatchObject({
      ok: true,
      warning: true,
    });
    expect([...(await examine()).keys()].filter((check) => check.startsWith('support'))).toEqual([]);
  });

  it('a version that HubSpot does not have is found out', async () => {
    const { examine } = open();
    expect((await examine({ apiVersion: '2031-03' })).get(`property ${ID}`)?.ok ?? false).toBe(false);
  });

  it('creating contacts without any name is warned of, for HubSpot may refuse them', async () => {
    const { examine } = open();
    expect((await examine({ creates: true })).get('creation of contacts')).toMatchObject({ ok: true, warning: true });
    const named = await examine({ creates: true, mapped: new Map([['lastname', []]]) });
    expect(named.get('creation of contacts')?.warning).toBeUndefined();
    expect((await examine()).has('creation of contacts')).toBe(false);
  });
});
