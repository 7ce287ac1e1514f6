import type { DynamicsOptions } from '../../../lib/crm/dynamics/calls.ts';
import { createDynamicsCrm } from '../../../lib/crm/dynamics/dynamics.ts';
import {
  CREDENTIALS,
  createDynamicsLookalike,
  type DynamicsLookalikeOptions,
  ID_COLUMN,
} from '../../lookalikes/dynamics.ts';

export const URL_OF_TESTS = 'https://acme.crm5.dynamics.com';
export const ABSORBED_COLUMN = 'new_dustessmergedids';

/** A look-alike in memory, and the adapter that speaks to it. */
export function openWorld({
  adapter = {},
  ...options
}: DynamicsLookalikeOptions & { adapter?: Partial<DynamicsOptions> } = {}) {
  const lookalike = createDynamicsLookalike(options);
  const settings: DynamicsOptions = {
    environmentUrl: URL_OF_TESTS,
    ...CREDENTIALS,
    idColumn: ID_COLUMN,
    allowInsecure: false,
    timeoutMs: 10_000,
    fetch: lookalike.fetch,
    now: options.now ?? Date.now,
    ...adapter,
  };
  return { lookalike, settings, crm: createDynamicsCrm(settings) };
}
