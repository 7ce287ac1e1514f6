import { adapter } from '../adapter.ts';
import { TRYTON_OWN_FIELDS } from './reserved-fields.ts';
import { TrytonSettingsSchema } from './settings.ts';

export const trytonAdapter = adapter({
  settings: TrytonSettingsSchema,
  reserved: () => ({ ids: ['identifiers'], ofTheCrm: TRYTON_OWN_FIELDS }),
  async open(settings, parts) {
    const { openTryton } = await import('./from-settings.ts');
    return openTryton({ ...settings, ...parts });
  },
  async examine(settings, { mapped, ...examination }) {
    const { examineTryton } = await import('./doctor.ts');
    return examineTryton({ ...settings, mapped: [...mapped.keys()], ...examination });
  },
});
