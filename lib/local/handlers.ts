import { randomUUID } from 'node:crypto';
import { createHandler as createApply } from '../../functions/apply/handler.ts';
import { createHandler as createReceive } from '../../functions/receive/handler.ts';
import { createHandler as createReconcile } from '../../functions/reconcile/handler.ts';
import type { IntakeSettings } from '../config.ts';
import type { Log } from '../log.ts';
import type { TenantCrm } from '../merge/claim.ts';
import type { Documents, Now, Queue } from '../ports.ts';
import { TENANT } from './crm-settings.ts';
import { LOCAL_TIMING } from './local-timing.ts';

export interface HandlerParts {
  events: Documents;
  ledger: Documents;
  queue: Queue;
  door: IntakeSettings;
  crm: TenantCrm;
  log: Log;
  now: Now;
}

const PAYLOAD_MS = 90 * 86_400_000;

/** The three functions as their composition roots make them, for one tenant and without a parameter store. */
export function localHandlers({ door, crm, ...parts }: HandlerParts) {
  return {
    receive: createReceive({
      ...parts,
      settings: async (tenant) => (tenant === TENANT ? door : undefined),
      timing: { payloadMs: PAYLOAD_MS, graceMs: LOCAL_TIMING.graceMs },
    }),
    apply: createApply({
      ...parts,
      tenantCrm: async () => crm,
      newId: randomUUID,
      random: Math.random,
      timing: LOCAL_TIMING,
    }),
    reconcile: createReconcile({ ...parts, tenants: [TENANT], stuckMs: LOCAL_TIMING.stuckMs }),
  };
}
