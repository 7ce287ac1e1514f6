import { CrmError } from '../errors.ts';
import type { Now } from '../ports.ts';

/** An access token shared by all calls of a tenant. */
export interface RenewingToken {
  /** The token in force. @throws CrmError */
  token(): Promise<string>;
  /** Another token after this one was rejected: one request, however many calls were rejected. @throws CrmError */
  renew(rejected: string): Promise<string>;
}

const REMEMBER_REFUSAL_MS = 60_000; // Who was refused a token a moment ago does not ask again for every event.

/** @param request one call for a new token. */
export function createRenewingToken(vendor: string, request: () => Promise<string>, now: Now): RenewingToken {
  let held: string | undefined;
  let rejected: string | undefined;
  let pending: Promise<string> | undefined;
  let refused: { error: CrmError; at: number } | undefined;

  const ask = async () => {
    if (refused && now() - refused.at < REMEMBER_REFUSAL_MS) throw refused.error;
    try {
      const token = await request();
      if (token === rejected)
        throw new CrmError('auth', `${vendor}: signing in gives out the token that was just rejected`, {
          code: 'SAME_TOKEN',
        });
      held = token;
      return token;
    } catch (error) {
      if (error instanceof CrmError && error.kind === 'auth') refused = { error, at: now() };
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
