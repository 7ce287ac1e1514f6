import { createTenantCrm, examineTenantCrm } from '../../lib/crm/registry.ts';
import { ConfigError, CrmError } from '../../lib/errors.ts';
import type { Fetch, RecordCrm } from '../../lib/ports.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';
import { acmeAdapter } from './example-adapter.ts';
import { createAcmeServer } from './example-crm-server.ts';

const crm = { kind: 'acme', baseUrl: 'https://people.acme.example', token: 'secret' };

function world(fetch?: Fetch) {
  const acme = createAcmeServer('secret');
  acme.add('ada', { nickname: 'Ada' });
  const now = () => Date.UTC(2026, 10, 27);
  const parts = { now, sleep: async () => {}, adapters: [acmeAdapter] };
  const respond: Fetch = async (url, init) => acme.respond(String(url), init ?? {});
  return { ...parts, fetch: fetch ?? respond, ledger: asPort(createMemoryDocuments(now)) };
}

describe('an adapter from outside this repository', () => {
  it('serves the tenants whose settings name its kind', async () => {
    const tenant = await createTenantCrm('main', { crm, mapping: { remark: 'nickname' } }, world());
    const found = await (tenant.crm as RecordCrm).find(['ada'], ['nickname']);
    expect(found.map(({ asked, record }) => [asked, record.values])).toEqual([['ada', { nickname: 'Ada' }]]);
  });

  it('has its settings checked as ours are', async () => {
    const wrong = createTenantCrm('main', { crm: { ...crm, token: undefined, colour: 'red' } }, world());
    await expect(wrong).rejects.toThrow(/crm settings of tenant main.*token/s);
    await expect(wrong).rejects.toBeInstanceOf(ConfigError);
  });

  it('keeps its id property from mapped fields', async () => {
    const mapped = createTenantCrm('main', { crm, mapping: { remark: 'externalId' } }, world());
    await expect(mapped).rejects.toThrow(/externalId/);
  });

  it('makes no call before the time that the CRM named with Retry-After', async () => {
    const state = { calls: 0 };
    const fetch: Fetch = async () => {
      state.calls += 1;
      return new Response('', { status: 429, headers: { 'retry-after': '60' } });
    };
    const tenant = await createTenantCrm('main', { crm }, world(fetch));
    const asked = () => (tenant.crm as RecordCrm).find(['ada'], []).catch((error: unknown) => error);
    for (const _ of [1, 2]) expect(await asked()).toBeInstanceOf(CrmError);
    expect(state.calls).toBe(1);
  });

  it('is asked by the doctor', async () => {
    expect(await examineTenantCrm('main', { crm }, world(), false)).toEqual([]);
  });

  it('is unknown where it is not given, and the kinds that are known are named', async () => {
    const { adapters: _, ...without } = world();
    await expect(createTenantCrm('main', { crm }, without)).rejects.toThrow(/kind.*http.*hubspot/s);
    await expect(createTenantCrm('main', { crm: { ...crm, kind: 'acne' } }, world())).rejects.toThrow(/acme/);
  });

  it('cannot take the name of another', async () => {
    const twice = { ...world(), adapters: [acmeAdapter, acmeAdapter] };
    await expect(createTenantCrm('main', { crm }, twice)).rejects.toThrow('two adapters are for CRMs of the kind acme');
  });
});
