import { objectIn, objectsIn } from '../../json.ts';
import { checkColumns, examined, finding } from '../doctor-columns.ts';
import { createDynamicsCalls, type DynamicsOptions } from './calls.ts';

const CONTACT = `/EntityDefinitions(LogicalName='contact')`;
const MERGE = `Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName(PrivilegeName=@p)?@p='prvMerge'`;

/** Looks at everything a merge will need, without changing anything. What is wrong is a finding, never an error. */
export const examineDynamics = (options: DynamicsOptions, mapped: string[]) =>
  examined(async () => {
    const { idColumn, absorbedIdsColumn } = options;
    const calls = createDynamicsCalls(options);
    const read = async (path: string) =>
      objectIn((await calls({ method: 'GET', path, label: /^\/\w+/.exec(path)?.[0] ?? '', repeatable: true })).text);
    const rights = await read(`/systemusers(${(await read('/WhoAmI')).UserId})/${MERGE}`);
    const mayMerge = objectsIn(rights.RolePrivileges).length > 0;
    const attributes = await read(`${CONTACT}/Attributes?$select=LogicalName,AttributeType,IsValidForUpdate`);
    const columns = objectsIn(attributes.value).map((one): [string, { type: string; writable: boolean }] => {
      return [String(one.LogicalName), { type: String(one.AttributeType), writable: one.IsValidForUpdate === true }];
    });
    const keys = await read(`${CONTACT}/Keys?$select=KeyAttributes,EntityKeyIndexStatus`);
    const key = objectsIn(keys.value).find(({ KeyAttributes }) => String(KeyAttributes) === idColumn);
    const isUnique = key?.EntityKeyIndexStatus === 'Active';
    return [
      finding('right to merge', mayMerge, mayMerge ? 'granted' : 'give the app’s user a role with prvMerge'),
      ...checkColumns(new Map(columns), [idColumn, ...(absorbedIdsColumn ? [absorbedIdsColumn] : []), ...mapped]),
      finding(
        'alternate key',
        isUnique,
        isUnique ? 'active' : `make one of ${idColumn} alone, and wait until it is active`,
      ),
    ];
  });
