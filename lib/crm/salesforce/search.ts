import { digitsPattern } from '../../linking/keys.ts';
import { type Found, type KeySearch, MAX_FOUND } from '../../ports.ts';
import type { SalesforceCalls } from './calls.ts';
import { fieldList, literal, queryWhere } from './query.ts';

/**
 * Record ids of contacts that hold a value. The database itself answers, so every earlier write is seen. `LIKE` and its
 * `%`: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_comparisonoperators.htm
 */
export async function searchContacts(calls: SalesforceCalls, wanted: KeySearch): Promise<Found> {
  const compared =
    wanted.key === 'mobile' ? `LIKE ${literal(digitsPattern(wanted.value))}` : `= ${literal(wanted.value)}`;
  const conditions = fieldList(wanted.properties).map((field) => `${field} ${compared}`);
  const where = conditions.join(' OR ');
  const rows = await queryWhere(calls, { fields: ['Id'], where, limit: MAX_FOUND });
  const recordIds = rows.flatMap(({ Id }) => (typeof Id === 'string' ? [Id] : []));
  return { recordIds, isComplete: recordIds.length < MAX_FOUND };
}
