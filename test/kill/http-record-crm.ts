import { createCrmClient } from '../../lib/crm/client.ts';
import { CrmError } from '../../lib/errors.ts';
import type { RecordCrm, RecordCrmRules } from '../../lib/ports.ts';

interface Options {
  baseUrl: string;
  rules: RecordCrmRules;
  timeoutMs: number;
}

/** The simulation's CRM of records behind HTTP: each method of the port is a POST with its arguments. */
export function createHttpRecordCrm({ baseUrl, rules, timeoutMs }: Options): RecordCrm {
  const call = createCrmClient({ vendor: 'model', baseUrl, fetch, timeoutMs });
  async function ask<T>(method: string, repeatable: boolean, ...args: unknown[]): Promise<T> {
    const path = `/${method}`;
    const { status, text } = await call({
      method: 'POST',
      path,
      label: method,
      repeatable,
      body: JSON.stringify(args),
    });
    if (status === 200) return JSON.parse(text) as T;
    const code = status === 422 ? String(JSON.parse(text).code) : String(status);
    if (status === 429) throw new CrmError('retry-soon', 'model: busy', { code });
    throw new CrmError(status === 422 ? 'permanent' : repeatable ? 'retry-soon' : 'ambiguous', 'model: no', { code });
  }
  return {
    style: 'record',
    name: 'model',
    rules,
    find: (contactIds) => ask('find', true, contactIds),
    locate: async (recordIds) => new Map(await ask<[string, 'gone'][]>('locate', true, recordIds)),
    merge: ({ survivor, losers, write }) => ask('merge', false, survivor, losers, write),
    update: (recordId, write) => ask('update', false, recordId, write),
    create: (write) => ask('create', false, write),
  };
}
