import { type IntakeSettings, IntakeSettingsSchema, readSettings } from '../config.ts';
import type { LocalSettings } from './settings.ts';

/** What the `door` parameter holds in production. */
export function intakeSettings({ keys, plainSecret }: LocalSettings): IntakeSettings {
  const { token, encodingAesKey, receiveId } = keys;
  return readSettings(IntakeSettingsSchema, 'keys of tenant local', {
    keys: [{ token, encodingAesKey }],
    receiveIds: [receiveId],
    ...(plainSecret !== undefined && { plainText: { secret: plainSecret } }),
  });
}
