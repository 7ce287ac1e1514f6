import type { LinkableCrm, RecordCrm } from '../../ports.ts';
import { createTrytonRpc } from './calls.ts';
import { createTrytonCrm, type TrytonOptions } from './tryton.ts';

/** Both with one session. @throws ConfigError for an address that cannot be called. */
export function openTryton(options: TrytonOptions): { crm: RecordCrm; linking(): Promise<LinkableCrm> } {
  const rpc = createTrytonRpc(options);
  return {
    crm: createTrytonCrm(options, rpc),
    linking: async () => (await import('./linking.ts')).createTrytonLinking(options, { rpc }),
  };
}
