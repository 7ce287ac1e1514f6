import type { MergePolicy } from '../../lib/merge/policy.ts';
import type { RecordCrmRules } from '../../lib/ports.ts';

export const KINDS = ['command', 'record', 'hubspot'] as const;
export type Kind = (typeof KINDS)[number];

/** One history's own tenant, with a CRM of its own. */
export interface TenantOrder {
  name: string;
  kind: Kind;
  rules?: RecordCrmRules;
  whenMissing: MergePolicy['whenMissing'];
}

/** What a worker process is told, as JSON in its KILL variable. */
export interface WorkerOrder {
  epoch: number;
  eventsTable: string;
  ledgerTable: string;
  queueUrl: string;
  crmUrl: string;
  tenants: TenantOrder[];
}

export const MAPPING = { remark: 'remark', position: 'position', address: 'address', 'customFields.c1': 'c1' };

/** As the service knows time; SPEED times as short in ours. */
export const TIMING = {
  leaseMs: 30_000,
  callMs: 8_000,
  settleMs: 20_000,
  graceMs: 10_000,
  stuckMs: 60_000,
  giveUpMs: 86_400_000,
  journalMs: 400 * 86_400_000,
};
export const FUNCTION_MS = 25_000;
/** Ours: what a socket waits for. */
export const CALL_TIMEOUT_MS = 500;
export const VISIBILITY_SECONDS = 4;
