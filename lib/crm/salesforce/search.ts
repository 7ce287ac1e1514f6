import { nationalDigits } from '../../linking/keys.ts';
import { type KeySearch, MAX_FOUND } from '../../ports.ts';
import type { SalesforceCalls } from './calls.ts';
import { fieldList, literal, queryWhere } from './query.ts';

/**
 * Record ids of contacts that hold a value. The database itself answers, so every earlier write is seen; a phone number is
 * found by the order of its digits, whatever stands between them.
 */
export async function searchContacts(calls: SalesforceCalls, wanted: KeySearch): Promise<string[]> {
  const compared = wanted.key === 'mobile' ? `LIKE ${literal(patternOf(wanted.value))}` : `= ${literal(wanted.value)}`;
  const conditions = fieldList(wanted.properties).map((field) => `${field} ${compared}`);
  const rows = await queryWhere(calls, { fields: ['Id'], where: conditions.join(' OR '), limit: MAX_FOUND });
  return rows.flatMap(({ Id }) => (typeof Id === 'string' ? [Id] : []));
}

/** `%1%3%8…%`: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_comparisonoperators.htm */
const patternOf = (number: string): string => `%${[...nationalDigits(number)].join('%')}%`;
