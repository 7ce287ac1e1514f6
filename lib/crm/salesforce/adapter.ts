import { adapter } from '../adapter.ts';
import { SALESFORCE_OWN_FIELDS } from './reserved-fields.ts';
import { DEFAULT_ID_FIELD, SalesforceSettingsSchema } from './settings.ts';

export const salesforceAdapter = adapter({
  settings: SalesforceSettingsSchema,
  reserved: ({ idField = DEFAULT_ID_FIELD, absorbedIdsField }) => ({
    ids: [idField, ...(absorbedIdsField ? [absorbedIdsField] : [])],
    ofTheCrm: SALESFORCE_OWN_FIELDS,
  }),
  async open(settings, parts) {
    const { openSalesforce } = await import('./from-settings.ts');
    return openSalesforce(settings, parts);
  },
  async examine(settings, { mapped, ...examination }) {
    const { examineSalesforce } = await import('./doctor.ts');
    return examineSalesforce({ settings, mapped: [...mapped.keys()], ...examination });
  },
});
