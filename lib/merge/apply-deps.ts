import type { Ledger } from '../ledger/ledger.ts';
import type { Timing } from '../ledger/timing.ts';
import type { Log } from '../log.ts';
import type { NewId, Now, Outcomes, Queue, Random } from '../ports.ts';
import type { TenantCrm } from './tenant-crm.ts';

/** All that applying an event needs from outside. */
export interface ApplyDeps {
  /** A tenant's part of the tables. */
  ledger(tenant: string): Ledger;
  queue: Queue;
  /** Where outcomes are published; left out where nothing reads them. */
  outcomes?: Outcomes;
  /** @throws ConfigError when the tenant's settings are wrong. */
  tenantCrm(tenant: string): Promise<TenantCrm>;
  now: Now;
  newId: NewId;
  random: Random;
  log: Log;
  timing: Timing;
  /** Milliseconds since 1970: no call begins after it, so that none outlives the worker's lease. */
  deadline(): number;
}
