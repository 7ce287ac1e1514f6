import { timingSafeEqual } from 'node:crypto';
import type { Now } from '../../ports.ts';

/** Who may see the pages: whoever opened an address with an unused token holds the cookie of this process. */
export interface Sessions {
  /** For one address; used up by the first request that brings it. */
  issueToken(): string;
  /** @returns the cookie's value, or undefined for a token that is unknown, used or too old. */
  redeem(token: string): string | undefined;
  isValid(cookie: string | undefined): boolean;
}

const TOKEN_MS = 15 * 60_000;
const MAX_TOKENS = 100; // A page that renews itself makes a new address each time.

export function createSessions({ now, newToken }: { now: Now; newToken(): string }): Sessions {
  const session = newToken();
  const tokens = new Map<string, number>();
  return {
    issueToken() {
      const token = newToken();
      tokens.set(token, now() + TOKEN_MS);
      for (const [oldest] of tokens) if (tokens.size > MAX_TOKENS) tokens.delete(oldest);
      return token;
    },
    redeem(token) {
      const until = tokens.get(token) ?? 0;
      tokens.delete(token);
      return until > now() ? session : undefined;
    },
    isValid: (cookie) => cookie !== undefined && isEqual(cookie, session),
  };
}

function isEqual(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
