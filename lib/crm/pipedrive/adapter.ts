import { adapter } from '../adapter.ts';
import { PipedriveSettingsSchema } from './settings.ts';

export const pipedriveAdapter = adapter({
  settings: PipedriveSettingsSchema,
  reserved: ({ idField, mergedField }) => ({
    ids: [idField, mergedField],
    ofTheCrm: ['id', 'add_time', 'update_time', 'is_deleted', 'first_name', 'last_name', 'picture_id'],
  }),
  open: async (settings, parts) => ({
    crm: (await import('./pipedrive.ts')).createPipedriveCrm({ ...settings, ...parts }),
  }),
  examine: async (settings, examination) =>
    (await import('./doctor.ts')).examinePipedrive({ ...settings, ...examination }),
});
