import { adapter, text, timeoutMs, v } from 'dustess-merge-sync/adapter';
import { createAcmeCrm } from './example-crm.ts';

export const acmeAdapter = adapter({
  settings: v.strictObject({ kind: v.literal('acme'), baseUrl: text, token: text, timeoutMs }),
  reserved: () => ({ ids: ['externalId'], ofTheCrm: [] }),
  async open(settings, parts) {
    return { crm: createAcmeCrm({ ...settings, ...parts }) };
  },
  async examine() {
    return [];
  },
});
