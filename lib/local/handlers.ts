import { randomUUID } from 'node:crypto';
import { createHandler as createApply } from '../../functions/apply/handler.ts';
import { createHandler as createReceive } from '../../functions/receive/handler.ts';
import { createHandler as createReconcile } from '../../functions/reconcile/handler.ts';
import type { IntakeSettings } from '../config.ts';
import { createEventLedger, createLedger, type LedgerTables } from '../ledger/ledger.ts';
import type { Log } from '../log.ts';
import type { TenantCrm } from '../merge/tenant-crm.ts';
import type { Now, Outcomes, Queue } from '../ports.ts';
import { TENANT } from './crm-settings.ts';
import { LOCAL_TIMING } from './local-timing.ts';

export interface HandlerParts {
  tables: LedgerTables;
  queue: Queue;
  outcomes: Outcomes;
  door: IntakeSettings;
  crm: TenantCrm;
  log: Log;
  now: Now;
}

const PAYLOAD_MS = 90 * 86_400_000;

/** The three functions as their composition roots make them, for one tenant and without a parameter store. */
export function localHandlers({ door, crm, tables, ...parts }: HandlerParts) {
  const eventLedger = (tenant: string) => createEventLedger(tables.events, tenant);
  return {
    receive: createReceive({
      ...parts,
      ledger: eventLedger,
      settings: async (tenant) => (tenant === TENANT ? door : undefined),
      timing: { ...LOCAL_TIMING, payloadMs: PAYLOAD_MS },
    }),
    apply: createApply({
      ...parts,
      ledger: (tenant) => createLedger(tables, tenant),
      tenantCrm: async () => crm,
      newId: randomUUID,
      random: Math.random,
      timing: LOCAL_TIMING,
    }),
    reconcile: createReconcile({ ...parts, ledger: eventLedger, tenants: [TENANT], timing: LOCAL_TIMING }),
  };
}
