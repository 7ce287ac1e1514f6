import { PolicySchema, readSettings } from '../../lib/config.ts';

/** What a tenant gets that says nothing. */
export const DEFAULT_POLICY = readSettings(PolicySchema, 'policy', {});
