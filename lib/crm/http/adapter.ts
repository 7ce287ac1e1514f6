import { NOTHING_RESERVED } from '../../mapping/reserved-properties.ts';
import { adapter } from '../adapter.ts';
import { HttpSettingsSchema } from './settings.ts';

/** An in-house CRM that merges by itself when it is told to. */
export const httpAdapter = adapter({
  settings: HttpSettingsSchema,
  reserved: () => NOTHING_RESERVED,
  async open(settings, parts) {
    const { createCommandHttpCrm } = await import('./command-http.ts');
    return { crm: createCommandHttpCrm({ ...settings, ...parts }) };
  },
  async examine(settings, examination) {
    const { examineHttp } = await import('./doctor.ts');
    return examineHttp({ ...settings, ...examination });
  },
});
