import type { IdWrite, KeySearch, LinkableCrm, LinkRecord } from '../../lib/ports.ts';
import type { ModelRecord, ModelRecordCrm } from './model-record-crm.ts';
import type { World } from './world.ts';

const KEYS = ['mobile', 'email'];

/** So few at a time that the records of one contact need several calls. */
const BATCH = 2;

const shown = ([recordId, { contactId, values }]: [string, ModelRecord]): LinkRecord => ({
  recordId,
  contactIds: contactId === undefined ? [] : [contactId],
  values: Object.fromEntries(KEYS.flatMap((key) => (values[key] ? [[key, [String(values[key])]]] : []))),
});

export const linkRecords = ({ records }: ModelRecordCrm): LinkRecord[] => [...records].map(shown);

type Call = <T>(label: string, effect: () => T, isWrite?: boolean) => Promise<T>;

/** The model's records as linking sees them. @param call how a call is made in the simulation. */
export function modelLinkable(
  model: ModelRecordCrm,
  call: Call,
  { random }: Pick<World, 'random'>,
  onWrite: (contactId: string, recordId: string) => void,
): LinkableCrm {
  const { records } = model;
  const among = (ids: string[]) => linkRecords(model).filter(({ recordId }) => ids.includes(recordId));
  const search = ({ key, value }: KeySearch) => {
    const holds = ({ values }: LinkRecord) => values[key]?.some((text) => value.endsWith(text));
    // A search may find others, too.
    const found = random.chance(0.2) ? linkRecords(model) : linkRecords(model).filter(holds);
    return { recordIds: random.shuffled(found).map(({ recordId }) => recordId), isComplete: true };
  };
  const carriers = (ids: string[]) =>
    [...records].flatMap(([recordId, { contactId }]) =>
      contactId !== undefined && ids.includes(contactId) ? [{ asked: contactId, recordId }] : [],
    );
  const write = ({ recordId, contactId }: IdWrite): [string, string][] => {
    const record = records.get(recordId);
    if (!record || contactId === null) return [[recordId, 'RECORD_NOT_FOUND']];
    if (carriers([contactId]).some((one) => one.recordId !== recordId)) return [[recordId, 'DUPLICATE_VALUE']];
    onWrite(contactId, recordId);
    record.contactId = contactId;
    return [];
  };
  return {
    name: 'model',
    keyProperties: { mobile: ['mobile'], email: ['email'] },
    batchSize: BATCH,
    scan: () => call('scan', () => ({ records: linkRecords(model) })),
    read: (ids) => call(`read ${ids}`, () => among(ids)),
    find: (ids) => call(`find ids ${ids}`, () => carriers(ids)),
    search: (wanted) => call(`search ${wanted.key}`, () => search(wanted)),
    writeIds: (writes) => call(`write ids ${JSON.stringify(writes)}`, () => new Map(writes.flatMap(write)), true),
  };
}
