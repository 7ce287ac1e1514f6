import { CrmError } from '../errors.ts';
import type { Now } from '../ports.ts';

/** An access token shared by all calls of a tenant. */
export interface RenewingToken {
  /** The token in force. @throws CrmError */
  token(): Promise<string>;
  /** Another token after this one was rejected: one request, however many calls were rejected. @throws CrmError */
  renew(rejected: string): Promise<string>;
}

const REMEMBER_REFUSAL_MS = 60_000; // Each further try counts against the user: vendors lock one that fails too often.

/**
 * Asks for a token when the first call needs it and when one was rejected, once for all calls that wait for it. After a
 * refusal it does not ask again for a minute, or before the time that the refusal names.
 * @param request one call for a new token.
 */
export function createRenewingToken(vendor: string, request: () => Promise<string>, now: Now): RenewingToken {
  let held: string | undefined;
  let rejected: string | undefined;
  let pending: Promise<string> | undefined;
  let refused: { error: CrmError; until: number } | undefined;

  const ask = async () => {
    if (refused && now() < refused.until) throw refused.error;
    try {
      const token = await request();
      if (token === rejected) throw sameToken(vendor);
      held = token;
      return token;
    } catch (error) {
      refused = error instanceof CrmError ? { error, until: askAgainAt(error, now) } : undefined;
      throw error;
    }
  };
  const shared = () => {
    pending ??= ask().finally(() => {
      pending = undefined;
    });
    return pending;
  };

  return {
    token: async () => held ?? shared(),
    async renew(token) {
      if (held === token) [held, rejected] = [undefined, token];
      return held ?? shared();
    },
  };
}

function askAgainAt({ kind, retryAt }: CrmError, now: Now): number {
  if (kind === 'retry-after' && retryAt !== undefined) return retryAt;
  return kind === 'auth' ? now() + REMEMBER_REFUSAL_MS : now();
}

const sameToken = (vendor: string) =>
  new CrmError('auth', `${vendor}: signing in gives out the token that was just rejected`, { code: 'SAME_TOKEN' });
