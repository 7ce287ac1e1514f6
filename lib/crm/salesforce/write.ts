import * as v from 'valibot';
import { CrmError } from '../../errors.ts';
import type { PropertyValues } from '../../ports.ts';
import type { SalesforceCalls } from './calls.ts';
import { VENDOR } from './failures.ts';
import { fieldsOf } from './values.ts';

/** Sets these fields and no other. @throws CrmError */
export async function updateContact(calls: SalesforceCalls, recordId: string, values: PropertyValues): Promise<void> {
  await calls.rest({
    method: 'PATCH',
    path: `/sobjects/Contact/${encodeURIComponent(recordId)}`,
    label: '/sobjects/Contact',
    body: fieldsOf(values),
    accept: [200, 204],
  });
}

const Created = v.object({ id: v.pipe(v.string(), v.minLength(15)) });

/** @returns the new record's id. @throws CrmError */
export async function createContact(calls: SalesforceCalls, values: PropertyValues): Promise<string> {
  const path = '/sobjects/Contact';
  const { body } = await calls.rest({ method: 'POST', path, label: path, body: fieldsOf(values), accept: [201] });
  const created = v.safeParse(Created, body);
  if (created.success) return created.output.id;
  throw new CrmError('ambiguous', `${VENDOR}: POST /sobjects/Contact answered without an id`, { code: 'UNREADABLE' });
}
