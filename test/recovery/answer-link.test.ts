import { createEventLedger } from '../../lib/ledger/ledger.ts';
import { answerLink, askedContacts, type LinkAnswer } from '../../lib/recovery/answer-link.ts';
import { type AnyRecord, eventKey, writeRecord } from '../ledger/raw-records.ts';
import { MINUTE, START } from '../merge/merge-world.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const FACTS = { eventId: 'e1', kind: 'merge', name: 'n', digest: 'd', plan: 1, receivedAt: START, updatedAt: START };
const ASKING = { ...FACTS, state: 'parked', reason: 'unlinked', missing: ['A', 'B'] };

async function answered(record: object, answer: LinkAnswer) {
  const events = asPort(createMemoryDocuments(() => START));
  await writeRecord(events, 'acme', record as AnyRecord, { expected: 0, dueAt: START });
  const sent: object[] = [];
  const queue = { send: async (pointer: object) => void sent.push(pointer) };
  const deps = { ledger: createEventLedger(events, 'acme'), queue, now: () => START + MINUTE, by: 'ada@ops' };
  const result = await answerLink('e1', answer, deps);
  return { result, sent, record: (await events.get<AnyRecord>(eventKey('acme', 'e1')))?.value };
}

describe('promise 12: what an operator says of a contact that the CRM did not know', () => {
  const said = (answer: LinkAnswer) => ({ at: START + MINUTE, by: 'ada@ops', action: 'replay', ...answer });

  it('with its record is kept with the event, which goes on', async () => {
    const answer = { contact: 'A', record: 'r1' };
    const after = await answered(ASKING, answer);
    expect(after).toMatchObject({ result: 'queued', sent: [{ tenant: 'acme', eventId: 'e1' }] });
    expect(after.record).toMatchObject({ state: 'queued', operatorActions: [said(answer)] });
    expect(after.record).not.toHaveProperty('withoutRecord');
  });

  it('that has no record is remembered, beside those of earlier answers', async () => {
    const before = { at: START, by: 'eve', action: 'replay', contact: 'X' };
    const earlier = { ...ASKING, operatorActions: [before], withoutRecord: ['X'] };
    expect((await answered(earlier, { contact: 'B' })).record).toMatchObject({
      state: 'queued',
      operatorActions: [before, said({ contact: 'B' })],
      withoutRecord: ['X', 'B'],
    });
    expect((await answered(ASKING, { contact: 'B' })).record).toMatchObject({ withoutRecord: ['B'] });
    const linked = await answered(earlier, { contact: 'A', record: 'r1' });
    expect(linked.record).toMatchObject({ withoutRecord: ['X'] });
  });

  it.each<[string, object, LinkAnswer]>([
    ['another contact than those it waits for', ASKING, { contact: 'C', record: 'r1' }],
    ['an event that is parked for another reason', { ...ASKING, reason: 'cycle' }, { contact: 'A' }],
    ['an event that is not parked', { ...ASKING, state: 'queued' }, { contact: 'A' }],
    ['an event that misses nothing', { ...ASKING, missing: undefined }, { contact: 'A' }],
  ])('of %s changes nothing', async (_what, record, answer) => {
    const after = await answered(record, answer);
    expect(after).toMatchObject({ result: 'not-possible', sent: [] });
    expect(after.record).not.toHaveProperty('operatorActions');
  });
});

it('an event asks about the contacts that it misses, and only while it is parked for them', () => {
  const asked = (record: object) => askedContacts(record as AnyRecord);
  expect(asked(ASKING)).toEqual(['A', 'B']);
  expect(asked({ ...ASKING, missing: undefined })).toEqual([]);
  expect(asked({ ...ASKING, reason: 'cycle' })).toEqual([]);
  expect(asked({ ...ASKING, state: 'skipped' })).toEqual([]);
});
