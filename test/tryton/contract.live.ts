import { createTrytonCrm } from '../../lib/crm/tryton/tryton.ts';
import { recordCrmContract } from '../contracts/record-crm.ts';
import type { Operation } from '../contracts/record-crm-world.ts';
import { access, makeCategories, mechanismOf, openPart, type Party } from './live.ts';

// Signing in, reading before a write and the wizard's preparations are not the operation itself.
const METHOD: Record<Operation, string> = {
  find: '.search_read"',
  locate: '.search_read"',
  merge: 'wizard.party.replace.execute"',
  update: 'model.party.party.write"',
  create: 'model.party.party.create"',
};

beforeAll(makeCategories);

recordCrmContract(
  'tryton, live',
  async ({ fetch }) => {
    const { prefix, seed, parties } = openPart();
    return {
      // A server of its own needs longer to answer than the suite's look-alikes do.
      crm: createTrytonCrm({ ...access(fetch), timeoutMs: 3_000, identifierPrefix: prefix }),
      properties: { text: 'name', note: 'other', colours: 'categories' },
      seed,
      seedTwin: seed,
      records: async () => recordsOf(await parties()),
      absorbed: async () => (await parties()).filter(({ replacedBy }) => replacedBy !== undefined).length,
      unknownRecordId: '987654321',
    };
  },
  { concerns: (operation, { body }) => body.includes(METHOD[operation]) },
);

const recordsOf = (parties: Party[]) =>
  parties
    .filter(({ active }) => active)
    .map((party) => ({
      recordId: party.recordId,
      contactId: party.contactId,
      values: { name: party.name, categories: party.categories, other: mechanismOf(party, 'other') },
    }));
