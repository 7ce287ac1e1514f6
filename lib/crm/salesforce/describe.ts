import * as v from 'valibot';
import { CrmError } from '../../errors.ts';
import type { SalesforceCalls } from './calls.ts';
import { VENDOR } from './failures.ts';

const Field = v.object({
  name: v.string(),
  type: v.string(),
  externalId: v.boolean(),
  unique: v.boolean(),
  updateable: v.boolean(),
  length: v.optional(v.number()),
});
export type DescribedField = v.InferOutput<typeof Field>;

const Described = v.object({
  mergeable: v.boolean(),
  deletable: v.boolean(),
  updateable: v.boolean(),
  fields: v.array(Field),
});
export type DescribedContact = v.InferOutput<typeof Described>;

/**
 * Contact as this user may see it: https://developer.salesforce.com/docs/platform/api-rest/guide/resources-sobject-describe.html
 * @throws CrmError, `retry-soon` for an answer that cannot be read.
 */
export async function describeContact(calls: SalesforceCalls): Promise<DescribedContact> {
  const path = '/sobjects/Contact/describe';
  const { body } = await calls.rest({ method: 'GET', path, label: path, accept: [200] });
  const described = v.safeParse(Described, body);
  if (described.success) return described.output;
  throw new CrmError('retry-soon', `${VENDOR}: the org does not describe contacts to this user`, {
    code: 'UNREADABLE',
  });
}
