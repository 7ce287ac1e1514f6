import { CrmError } from '../../lib/errors.ts';
import type { ContactLinks } from '../../lib/merge/contact-links.ts';
import { createModelCrm } from './crms.ts';
import { createMergeWorld } from './merge-world.ts';

type Decision = Awaited<ReturnType<ContactLinks['decide']>>;
type Written = Awaited<ReturnType<ContactLinks['write']>> | CrmError;

/** An event about a contact, at a CRM of which it is said what its rules decide and what it answers. */
async function told(decisions: Decision[], answers: Written[] = []) {
  const links: ContactLinks = {
    remember: async () => {},
    decide: async () => decisions.shift() ?? { not: 'no-match' },
    async write() {
      const answer = answers.shift() ?? 'written';
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const world = createMergeWorld({ crm: createModelCrm().crm, links });
  const body = { id: 'ada', changed: { mobiles: ['13800138001'] } };
  const envelope = { id: 'e1', event: 'CRM_CONTACT', action: 'CRM_CONTACT_CREATE', body };
  await world.receiveBody(JSON.stringify(envelope), undefined, { contactEvents: true });
  await world.drain();
  const { state, reason } = await world.record('e1');
  const line = JSON.parse(world.lines.at(-1) ?? '{}');
  return { state, reason, line, calls: (await world.journal('e1')).map(({ call, outcome }) => `${call} ${outcome}`) };
}

const silence = () => new CrmError('ambiguous', 'silence');

describe('promise 12: an id that an event finds on a record', () => {
  it('is its own where it was about to write it there: the event is applied', async () => {
    expect(await told([{ recordId: 'r1' }, { carriedBy: 'r1' }], [silence()])).toMatchObject({
      ...{ state: 'applied', reason: 'linked', calls: ['link ambiguous'] },
    });
  });

  it('is another’s where it was about to write it elsewhere, or nowhere', async () => {
    const other = { state: 'skipped', reason: 'not-linked:already-linked' };
    expect(await told([{ recordId: 'r1' }, { carriedBy: 'r2' }], [silence()])).toMatchObject(other);
    expect(await told([{ carriedBy: 'r1' }])).toMatchObject(other);
  });
});

describe('promise 8: what an event about a contact did at the CRM', () => {
  it('is in its journal: the write, or that the record had changed', async () => {
    expect(await told([{ recordId: 'r1' }])).toMatchObject({ reason: 'linked', calls: ['link done'] });
    expect(await told([{ recordId: 'r1' }], ['record-changed'])).toMatchObject({
      ...{ reason: 'not-linked:record-changed', calls: ['link record-changed'] },
    });
  });

  it('has no seconds since a merge in the log: there was none', async () => {
    const { line } = await told([{ recordId: 'r1' }]);
    expect(line).toMatchObject({ state: 'applied', reason: 'linked' });
    expect(line).not.toHaveProperty('lagSeconds');
  });
});
