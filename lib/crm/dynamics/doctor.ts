import { objectIn, objectsIn } from '../../json.ts';
import type { Examination } from '../adapter.ts';
import { checkOwn, examined, finding } from '../doctor-columns.ts';
import { examineMapped, type PropertyKind } from '../mapped-properties.ts';
import { createDynamicsCalls, type DynamicsOptions } from './calls.ts';

const CONTACT = `/EntityDefinitions(LogicalName='contact')`;
const MERGE = `Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName(PrivilegeName=@p)?@p='prvMerge'`;
const NUMBERS = ['Integer', 'BigInt', 'Decimal', 'Double', 'Money'];
const KINDS = { String: 'text', Memo: 'text', Boolean: 'boolean', DateTime: 'datetime', Picklist: 'option' } as const;

/** Looks at everything a merge will need, without changing anything. What is wrong is a finding, never an error. */
export const examineDynamics = (options: DynamicsOptions & Examination) =>
  examined(async () => {
    const { idColumn, absorbedIdsColumn } = options;
    const calls = createDynamicsCalls(options);
    const read = async (path: string) =>
      objectIn((await calls({ method: 'GET', path, label: /^\/\w+/.exec(path)?.[0] ?? '', repeatable: true })).text);
    const rights = await read(`/systemusers(${(await read('/WhoAmI')).UserId})/${MERGE}`);
    const mayMerge = objectsIn(rights.RolePrivileges).length > 0;
    const attributes = await read(`${CONTACT}/Attributes?$select=LogicalName,AttributeType,IsValidForUpdate`);
    const describe = (name: string) => {
      const column = objectsIn(attributes.value).find(({ LogicalName }) => LogicalName === name);
      const type = String(column?.AttributeType);
      const kind: PropertyKind | undefined = NUMBERS.includes(type) ? 'number' : KINDS[type as keyof typeof KINDS];
      return column && { type, kind, isWritable: column.IsValidForUpdate === true };
    };
    const keys = await read(`${CONTACT}/Keys?$select=KeyAttributes,EntityKeyIndexStatus`);
    const key = objectsIn(keys.value).find(({ KeyAttributes }) => String(KeyAttributes) === idColumn);
    const isUnique = key?.EntityKeyIndexStatus === 'Active';
    return [
      finding('right to merge', mayMerge, mayMerge ? 'granted' : 'give the app’s user a role with prvMerge'),
      ...checkOwn([idColumn, ...(absorbedIdsColumn ? [absorbedIdsColumn] : [])], describe),
      finding('alternate key', isUnique, isUnique ? 'active' : `make one of ${idColumn} alone, and wait for it`),
      ...examineMapped(options, describe),
    ];
  });
