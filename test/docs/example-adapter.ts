import * as v from 'valibot';
import { adapter } from '../../lib/crm/adapter.ts';
import { text, timeoutMs } from '../../lib/crm/setting-fields.ts';
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
