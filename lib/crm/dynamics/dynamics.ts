import { CrmError } from '../../errors.ts';
import { isBlank, type JsonObject, textIn } from '../../json.ts';
import type { PropertyValue, PropertyValues, RecordCrm, RecordWrite } from '../../ports.ts';
import { exactly } from '../exact-ids.ts';
import { followMerges } from '../follow-merges.ts';
import type { JsonCalls } from '../json-calls.ts';
import { loserOf } from '../merge-pair.ts';
import { createRow, literal, readRows, updateRow } from '../odata.ts';
import { createDynamicsCalls, type DynamicsOptions, VENDOR } from './calls.ts';

const OF_TYPE = { '@odata.type': 'Microsoft.Dynamics.CRM.contact' };
const CONTACTS = { vendor: VENDOR, set: 'contacts', key: 'contactid' };
const MERGED = ['merged', '_masterid_value'];
const DUPLICATE = '0x80060892';
const KEPT = { properties: ['fullname', 'emailaddress1', 'mobilephone', 'telephone1', 'statecode', '_ownerid_value'] };

/**
 * Contacts of Dynamics 365, merged by Dataverse's `Merge`: two contacts and the survivor's values in one transaction. The
 * loser stays, inactive, with its survivor in `masterid`: https://learn.microsoft.com/power-apps/developer/data-platform/webapi/merge-entity-using-web-api.
 * Only `UpdateContent` carries values over: https://learn.microsoft.com/dotnet/api/microsoft.crm.sdk.messages.mergerequest.
 * @throws ConfigError for an address that cannot be called.
 */
export function createDynamicsCrm(options: DynamicsOptions): RecordCrm {
  const { idColumn, absorbedIdsColumn: absorbedIdsProperty, now } = options;
  const calls = createDynamicsCalls(options);
  const rules = { losersPerMerge: 1, mergeSetsValues: true, fillsBlanks: false };
  const bodyOf = ({ contactId, values }: RecordWrite): JsonObject =>
    columnsOf({ ...values, ...(contactId !== undefined && { [idColumn]: contactId }) });
  return {
    style: 'record',
    name: VENDOR,
    rules: { ...rules, ...(absorbedIdsProperty && { absorbedIdsProperty }) },
    find: async (ids, properties) => exactly(ids, await readByIds(calls, ids, properties, options)),
    locate: (recordIds) => followMerges(VENDOR, recordIds, (ids) => readSurvivors(calls, ids), now),
    async merge({ survivor, losers, write }) {
      const body = {
        Target: { ...OF_TYPE, contactid: survivor },
        Subordinate: { ...OF_TYPE, contactid: loserOf(VENDOR, { survivor, losers }) },
        ...(write && { UpdateContent: { ...OF_TYPE, ...columnsOf(write.values) } }),
        PerformParentingChecks: false,
      };
      await calls({ method: 'POST', path: '/Merge', label: '/Merge', body });
      return { survivor };
    },
    update: (recordId, write) =>
      freeing(calls, idColumn, write, () => updateRow(calls, CONTACTS, recordId, bodyOf(write))),
    create: (write) => freeing(calls, idColumn, write, () => createRow(calls, CONTACTS, bodyOf(write))),
  };
}

/** A contact that was merged away keeps its id, and the key counts it: there the id is cleared, then written where it belongs. */
async function freeing<T>(calls: JsonCalls, column: string, { contactId = '' }: RecordWrite, write: () => Promise<T>) {
  return write().catch(async (error: unknown) => {
    if (!(error instanceof CrmError && error.code === DUPLICATE)) throw error;
    const rows = await readRows(calls, { ...CONTACTS, column, anyOf: [literal(contactId)], select: MERGED });
    const merged = rows.filter((row) => row.merged === true);
    if (merged.length === 0) throw error;
    for (const row of merged) await updateRow(calls, CONTACTS, String(row.contactid), { [column]: null });
    return write();
  });
}

/**
 * By a filter, not by the key in the URL, which some characters of an id would break:
 * https://learn.microsoft.com/power-apps/maker/data-platform/define-alternate-keys-portal
 */
async function readByIds(calls: JsonCalls, ids: string[], properties: string[], options: DynamicsOptions) {
  const { idColumn: column, absorbedIdsColumn = column, journal: { properties: kept } = KEPT } = options;
  const select = kept === 'all' ? [] : [...MERGED, column, absorbedIdsColumn, ...properties, ...kept];
  const rows = await readRows(calls, { ...CONTACTS, column, anyOf: ids.map(literal), select });
  const living = rows.filter(({ merged }) => merged !== true);
  return living.map((row) => {
    const values = Object.entries(row).filter(([name, value]) => !name.includes('@') && !isBlank(value));
    return { recordId: String(row.contactid), contactId: textIn(row, column), values: Object.fromEntries(values) };
  });
}

async function readSurvivors(calls: JsonCalls, ids: string[]): Promise<Map<string, string | undefined>> {
  const rows = await readRows(calls, { ...CONTACTS, column: 'contactid', anyOf: ids, select: MERGED });
  const survivorOf = (row: JsonObject) => (row.merged === true ? String(row._masterid_value) : undefined);
  return new Map(rows.map((row) => [String(row.contactid), survivorOf(row)]));
}

const columnsOf = (values: PropertyValues): JsonObject =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, columnOf(value)]));

/** Choices are numbers, several of them `1,2`: https://learn.microsoft.com/power-apps/developer/data-platform/multi-select-picklist */
const columnOf = (value: PropertyValue) => (isBlank(value) ? null : Array.isArray(value) ? value.join(',') : value);
