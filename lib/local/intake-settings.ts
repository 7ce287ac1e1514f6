import { type IntakeSettings, IntakeSettingsSchema, readSettings } from '../config.ts';
import type { LocalSettings } from './settings.ts';

/** The intake settings, which the parameter `door` holds in production. */
export function intakeSettings({ keys, plainSecret, crm }: LocalSettings): IntakeSettings {
  const { token, encodingAesKey, receiveId } = keys;
  return readSettings(IntakeSettingsSchema, 'keys of tenant local', {
    keys: [{ token, encodingAesKey }],
    receiveIds: [receiveId],
    // Two parameters in production; one variable is enough here.
    contactEvents: isLinking(crm.policy),
    ...(plainSecret !== undefined && { plainText: { secret: plainSecret } }),
  });
}

const isLinking = (policy: unknown) => typeof policy === 'object' && policy !== null && 'link' in policy;
