import { checkBaseUrl } from '../../lib/crm/base-url.ts';
import { createTenantCrm } from '../../lib/crm/registry.ts';
import { ConfigError } from '../../lib/errors.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const check = (url: string, allowInsecure = false) => checkBaseUrl(url, { setting: 'endpoint', allowInsecure });

describe('the address of a CRM', () => {
  it.each([
    'https://crm.example.com/merges?tenant=acme',
    'https://10.0.0.7:8443',
    'http://127.0.0.1:3000',
    'http://127.8.9.10',
    'http://localhost:3000',
    'http://crm.localhost',
    'http://[::1]:3000',
  ])('may be https, or http to this machine: %s', (url) => {
    expect(check(url).href).toBe(new URL(url).href);
  });

  it.each([
    'http://crm.example.com',
    'http://10.0.0.7',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://[::2]',
    'http://0.0.0.0',
  ])('is not http to another one, unless the settings allow it: %s', (url) => {
    expect(() => check(url)).toThrow('"allowInsecure": true');
    expect(check(url, true).protocol).toBe('http:');
  });

  it.each([10080, 6000, 6666, 25, 1])('has no port that fetch refuses: %i', async (port) => {
    expect(() => check(`https://crm.example.com:${port}`, true)).toThrow(`fetch refuses port ${port}`);
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ cause: { message: 'bad port' } });
  });

  it.each(['', 'merges', 'ftp://crm.example', 'https://user:pass@crm.example', 'https://'])(
    'is an address, and has no credentials: %j',
    (url) => {
      expect(() => check(url)).toThrow(ConfigError);
      expect(() => check(url)).not.toThrow('crm.example');
    },
  );

  const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const kinds = [
    { kind: 'http', endpoint: 'http://crm.example.com', secret: SECRET },
    { kind: 'hubspot', token: 't', baseUrl: 'http://crm.example.com' },
    { kind: 'salesforce', credentials: { token: 't' }, instanceUrl: 'http://crm.example.com' },
    { kind: 'tryton', baseUrl: 'http://crm.example.com', database: 'd', username: 'u', password: 'p' },
  ];
  const parts = { fetch, now: Date.now, sleep: async () => undefined, ledger: asPort(createMemoryDocuments(Date.now)) };

  it.each(kinds)('is refused for every kind of CRM when settings are read: $kind', async (crm) => {
    await expect(createTenantCrm('acme', { crm }, parts)).rejects.toThrow(ConfigError);
  });

  it.each(kinds.slice(0, 2))('is allowed by the settings: $kind', async (crm) => {
    const tenant = await createTenantCrm('acme', { crm: { ...crm, allowInsecure: true } }, parts);
    expect(tenant.crm.name).toBe(crm.kind);
  });
});
