import { createPipedriveCrm } from '../../../lib/crm/pipedrive/pipedrive.ts';
import type { Json } from '../../../lib/json.ts';
import type { PropertyValue, PropertyValues, RecordCrm } from '../../../lib/ports.ts';
import type { SentRequest } from '../../contracts/faulty-fetch.ts';
import { recordCrmContract } from '../../contracts/record-crm.ts';
import type { Operation } from '../../contracts/record-crm-world.ts';
import { createPipedriveLookalike, FIELD, type PipedriveLookalike, TOKEN } from '../../lookalikes/pipedrive.ts';

const COLOURS = ['red', 'green', 'blue'];
/** The request that an operation is about; those before it only look, or note what is going to be merged. */
const OPERATIONS: Record<Operation, RegExp> = {
  find: /^(POST|GET) .*(filters|persons)/,
  locate: /^GET .*v2.persons/,
  merge: /^PUT .*merge/,
  update: /^PATCH /,
  create: /^POST .*v2.persons/,
};
const concerns = (operation: Operation, { method, url }: SentRequest) => OPERATIONS[operation].test(`${method} ${url}`);

recordCrmContract(
  'pipedrive',
  async (tools) => {
    const lookalike = createPipedriveLookalike();
    const { url, close } = await lookalike.listen();
    const fields = { idField: FIELD.contactId, mergedField: FIELD.merged };
    const options = { ...tools, ...fields, baseUrl: url, apiToken: TOKEN, allowInsecure: false, now: Date.now };
    const crm = withNames(createPipedriveCrm(options));
    const seed = async (contactId: string, values: PropertyValues) =>
      lookalike.seed(
        contactId,
        Object.fromEntries(Object.entries(values).map(([key, value]) => [key, numbered(value) as Json])),
      );
    return {
      crm,
      properties: { text: FIELD.text, note: FIELD.note, colours: FIELD.colours },
      typed: [
        { property: FIELD.number, value: -12345.67, shows: '-12345.67' },
        { property: 'birthday', value: '2024-02-29', shows: '2024-02-29' },
      ],
      refused: { [FIELD.number]: 'no number' },
      seed,
      seedTwin: seed,
      records: async () => recordsOf(lookalike),
      absorbed: () => lookalike.absorbed(),
      unknownRecordId: '999999',
      async close() {
        await close();
        expect(lookalike.violations).toEqual([]);
      },
    };
  },
  { concerns },
);

/** Options are numbers in Pipedrive; the suite has their names. */
const numbered = (value: PropertyValue): PropertyValue =>
  Array.isArray(value) ? value.map((name) => String(COLOURS.indexOf(name) + 1)) : value;

const withNames = (crm: RecordCrm): RecordCrm => ({
  ...crm,
  update: (recordId, { values, ...write }) =>
    crm.update(recordId, {
      ...write,
      values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, numbered(value)])),
    }),
});

const recordsOf = ({ persons }: PipedriveLookalike) =>
  [...persons.values()].map(({ id, own, custom }) => {
    const texts = [...Object.entries(own), ...custom].map(([name, value]) => [name, String(value)]);
    const colours = [custom.get(FIELD.colours) ?? []].flat().flatMap((one) => COLOURS[Number(one) - 1] ?? []);
    const contactId = custom.get(FIELD.contactId);
    return {
      recordId: String(id),
      contactId: contactId === undefined ? undefined : String(contactId),
      values: { ...Object.fromEntries(texts), [FIELD.colours]: colours },
    };
  });
