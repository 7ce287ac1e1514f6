import { randomUUID } from 'node:crypto';
import { type AttributeValue, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createDocuments } from '../../lib/aws/documents.ts';
import { createLedger } from '../../lib/ledger/ledger.ts';
import { asItems, type TextItem } from './item-texts.ts';
import stored from './stored-format-1.json';
import { createTable } from './tables.ts';

const client = new DynamoDBClient();
const table = `format-${randomUUID()}`;
const NOW = Date.UTC(2026, 10, 27); // Before anything in it expires.

beforeAll(async () => {
  await createTable(client, table);
  for (const Item of asItems(stored as TextItem[])) await client.send(new PutItemCommand({ TableName: table, Item }));
});
afterAll(() => client.destroy());

const open = () => {
  const documents = createDocuments({ client, table, now: () => NOW, newId: randomUUID });
  return { documents, ledger: createLedger({ events: documents, ledger: documents }, 'acme') };
};

/** Two events as format 1 stored them: one applied, with an update after its merge, and one parked. Kept as they are for good. */
describe('promise 3: what was stored in format 1', () => {
  it('an event with its calls, its plan and its content', async () => {
    const { ledger } = open();
    const record = (await ledger.events.read('e1'))?.value;
    expect(record).toMatchObject({ state: 'applied', kind: 'merge', plan: 1, counted: true });
    expect(record && (await ledger.journal.read(record))).toMatchObject([
      { call: 'merge', outcome: 'done', step: 0 },
      { call: 'update', outcome: 'done', step: 1 },
    ]);
    const plan = await ledger.plans.read('e1', 1);
    expect(plan?.identities).toEqual({ survivor: 's', absorbed: ['a'], survivorIsGone: false });
    expect(plan?.before.map(({ contactId }) => contactId)).toEqual(['s', 'a']);
    expect(await ledger.contents.read(record?.digest ?? '')).toMatchObject({
      eventId: 'e1',
      payload: { event: 'CRM_MERGE', body: { mainID: 's', mergedIDs: ['a'], changed: { remark: '新备注 🙂' } } },
    });
  });

  it('who is who, and when each field was decided', async () => {
    const { ledger } = open();
    expect((await ledger.contacts.read('a')).value).toEqual({ mergedInto: 's', mergedBy: 'e1' });
    expect((await ledger.contacts.read('s')).value).toMatchObject({
      clocks: { remark: { eventId: 'e1', cleared: false, written: true } },
      mergedAway: { count: 1 },
    });
  });

  it('the lists', async () => {
    const { ledger } = open();
    const range = { before: NOW, limit: 10 };
    expect((await ledger.events.listed('parked', range)).map(({ id }) => id)).toEqual(['e2']);
    expect((await ledger.events.read('e2'))?.value).toMatchObject({ state: 'parked', reason: 'self-merge' });
  });

  it('a document of a format that is not known is refused, not misread', async () => {
    const { documents } = open();
    const key = { pk: { S: 'acme#event#e9' }, sk: { S: 'd#' } };
    const Item: Record<string, AttributeValue> = { ...key, f: { N: '99' }, v: { N: '1' }, j: { S: '{}' } };
    await client.send(new PutItemCommand({ TableName: table, Item }));
    const reading = documents.get({ tenant: 'acme', kind: 'event', id: 'e9' });
    await expect(reading).rejects.toThrow('a format that this version cannot read');
  });
});
