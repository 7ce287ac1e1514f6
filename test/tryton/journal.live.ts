import type { JournalProperties } from '../../lib/crm/setting-fields.ts';
import { createTrytonCrm } from '../../lib/crm/tryton/tryton.ts';
import { access, makeCategories, openPart } from './live.ts';

beforeAll(makeCategories);

async function valuesWith(properties?: JournalProperties) {
  const { prefix, seed } = openPart();
  await seed('ada', { name: 'Ada', other: 'of ada', categories: ['red'] });
  const journal = properties && { properties };
  const crm = createTrytonCrm({ ...access(), identifierPrefix: prefix, journal });
  return (await crm.find(['ada'], []))[0]?.record.values ?? {};
}

describe('what plans keep of Tryton’s parties', () => {
  it('is the name beside the mapped properties', async () => {
    expect(await valuesWith()).toEqual({ name: 'Ada' });
  });

  it('is also what journal.properties names', async () => {
    expect(await valuesWith(['other', 'categories'])).toEqual({ name: 'Ada', other: 'of ada', categories: ['red'] });
  });

  it('with "all" is every field that the server reads out, contact mechanisms too', async () => {
    const values = await valuesWith('all');
    expect(values).toMatchObject({ name: 'Ada', other: 'of ada', categories: ['red'], code: expect.any(String) });
    expect(values).toHaveProperty('identifiers');
    expect(values).toHaveProperty('addresses');
  });
});
