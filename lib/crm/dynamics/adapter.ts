import { adapter } from '../adapter.ts';
import { DynamicsSettingsSchema } from './settings.ts';

export const dynamicsAdapter = adapter({
  settings: DynamicsSettingsSchema,
  reserved: ({ idColumn, absorbedIdsColumn }) => ({
    ids: [idColumn, ...(absorbedIdsColumn ? [absorbedIdsColumn] : [])],
    ofTheCrm: ['contactid', 'statecode', 'statuscode', 'merged', 'masterid', 'createdon', 'modifiedon', 'fullname'],
  }),
  open: async (settings, parts) => ({
    crm: (await import('./dynamics.ts')).createDynamicsCrm({ ...settings, ...parts }),
  }),
  examine: async (settings, examination) =>
    (await import('./doctor.ts')).examineDynamics({ ...settings, ...examination }),
});
