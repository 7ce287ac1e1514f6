import { batchesOf } from '../../batches.ts';
import { CrmError } from '../../errors.ts';
import { asObject, objectIn, objectsIn, textIn } from '../../json.ts';
import type { RecordCrm, RecordWrite } from '../../ports.ts';
import { askedOnce } from '../asked-once.ts';
import { exactly } from '../exact-ids.ts';
import type { JsonCalls } from '../json-calls.ts';
import { loserOf } from '../merge-pair.ts';
import { createPipedriveCalls, type PipedriveOptions, VENDOR } from './calls.ts';
import { bodyOf, PERSON_FIELDS, type Person, readPersons } from './persons.ts';

const MAX_CONDITIONS = 16; // https://developers.pipedrive.com/docs/api/v1/Filters
const MAX_IDS = 100;

/**
 * Persons of Pipedrive, merged in pairs; the survivor's blanks are filled, the loser is deleted, and nothing of Pipedrive's
 * leads from it to the survivor: https://developers.pipedrive.com/tutorials/merging-two-persons-via-pipedrive-api. So its
 * number is written into a field of the survivor before the merge.
 * @throws ConfigError for an address that cannot be called.
 */
export function createPipedriveCrm(options: PipedriveOptions): RecordCrm {
  const { idField, mergedField } = options;
  const calls = createPipedriveCalls(options);
  const fieldId = askedOnce(() => readFieldId(calls, idField));
  const bodyFor = ({ contactId, values }: RecordWrite) =>
    bodyOf({ ...values, ...(contactId !== undefined && { [idField]: contactId }) });
  const mergedInto = ({ values }: Person) => textIn(values, mergedField)?.split(';') ?? [];
  return {
    style: 'record',
    name: VENDOR,
    rules: { losersPerMerge: 1, mergeSetsValues: false, fillsBlanks: true },
    async find(contactIds) {
      const persons: Person[] = [];
      for (const some of batchesOf([...new Set(contactIds)], MAX_CONDITIONS))
        persons.push(...(await readFiltered(calls, await fieldId(), some)));
      return exactly(
        contactIds,
        persons.map((one) => ({ ...one, contactId: textIn(one.values, idField) })),
      );
    },
    async locate(recordIds) {
      const persons: Person[] = [];
      for (const some of batchesOf([...new Set(recordIds)], MAX_IDS))
        persons.push(...(await readPersons(calls, `ids=${some.join(',')}`)));
      const homeOf = (id: string) =>
        persons.find(({ recordId }) => recordId === id) ?? persons.find((one) => mergedInto(one).includes(id));
      const placeOf = (home: Person | undefined) => (home ? { recordId: home.recordId } : 'gone');
      return new Map(recordIds.map((id) => [id, placeOf(homeOf(id))]));
    },
    async merge({ survivor, losers }) {
      const loser = loserOf(VENDOR, { survivor, losers });
      const both = await readPersons(calls, `ids=${survivor},${loser}`);
      if (both.length < 2) throw new CrmError('permanent', `${VENDOR}: no such person`, { code: 'NOT_THERE' });
      const merged = [...new Set([...both.flatMap(mergedInto), loser])].join(';');
      await write(calls, 'PATCH', `/v2/persons/${survivor}`, bodyOf({ [mergedField]: merged }));
      // The person in the path goes, the other stays.
      await write(calls, 'PUT', `/v1/persons/${loser}/merge`, { merge_with_id: Number(survivor) });
      return { survivor };
    },
    async update(recordId, fields) {
      await write(calls, 'PATCH', `/v2/persons/${recordId}`, bodyFor(fields));
    },
    async create(fields) {
      const { id } = await write(calls, 'POST', '/v2/persons', bodyFor(fields));
      if (typeof id === 'number') return { recordId: String(id) };
      throw new CrmError('ambiguous', `${VENDOR}: POST /v2/persons answered without an id`, { code: 'UNREADABLE' });
    },
  };
}

async function write(
  calls: JsonCalls,
  method: 'POST' | 'PATCH' | 'PUT',
  path: string,
  body: ReturnType<typeof bodyOf>,
) {
  return asObject(objectIn((await calls({ method, path, label: path.replace(/\/\d+/, '/ID'), body })).text).data);
}

/** Filters know a field by its number. @throws CrmError */
async function readFieldId(calls: JsonCalls, key: string): Promise<string> {
  const id = objectsIn(objectIn((await calls(PERSON_FIELDS)).text).data).find((field) => field.key === key)?.id;
  if (typeof id === 'number') return String(id);
  throw new CrmError('permanent', `${VENDOR}: persons have no field with the key idField`, { code: 'NO_ID_FIELD' });
}

/** Not by search, whose index may lag behind writes, but by a filter, which is made for this and deleted. */
async function readFiltered(calls: JsonCalls, field_id: string, contactIds: string[]): Promise<Person[]> {
  const of = { object: 'person', field_id, operator: '=', extra_value: null };
  const anyOf = { glue: 'or', conditions: contactIds.map((value) => ({ ...of, value })) };
  const conditions = { glue: 'and', conditions: [{ glue: 'and', conditions: [] }, anyOf] };
  const call = { path: '/v1/filters', label: '/v1/filters', repeatable: true };
  const body = { name: 'merge-sync', type: 'people', conditions };
  const { id } = asObject(objectIn((await calls({ ...call, method: 'POST', body })).text).data);
  try {
    return await readPersons(calls, `filter_id=${id}`);
  } finally {
    await calls({ ...call, method: 'DELETE', path: `/v1/filters/${id}` }).catch(() => undefined);
  }
}
