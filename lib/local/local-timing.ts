import { DEFAULT_TIMING, type Timing } from '../ledger/timing.ts';

// A person is waiting: the same as in production, but in seconds. The longest CRM call takes ten of them.
export const FUNCTION_MS = 20_000;
export const VISIBILITY_SECONDS = 30;
export const LOCAL_TIMING: Timing = {
  ...DEFAULT_TIMING,
  leaseMs: 25_000,
  callMs: 11_000,
  graceMs: 3_000,
  stuckMs: 60_000,
};
