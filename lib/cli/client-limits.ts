import type { ClientLimits } from '../aws/client-limits.ts';

/** For a command that a person waits for. */
export const CLI_LIMITS: ClientLimits = { connectMs: 5_000, requestMs: 15_000, attempts: 3 };
