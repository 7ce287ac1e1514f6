import { type IntakeSettings, IntakeSettingsSchema, readSettings } from '../config.ts';
import type { LocalSettings } from './settings.ts';

/** The intake settings, which the parameter `door` holds in production. */
export function intakeSettings({ keys, plainSecret }: LocalSettings): IntakeSettings {
  const { token, encodingAesKey, receiveId } = keys;
  return readSettings(IntakeSettingsSchema, 'keys of tenant local', {
    keys: [{ token, encodingAesKey }],
    receiveIds: [receiveId],
    ...(plainSecret !== undefined && { plainText: { secret: plainSecret } }),
  });
}
