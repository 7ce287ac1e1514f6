import { timingSafeEqual } from 'node:crypto';
import type { Now } from '../../ports.ts';

/** Who may see the pages: the browser that opened an address with an unused token holds the cookie of this process. */
export interface Sessions {
  /** For one address; used up by the first request that brings it. @param to the path that it leads to */
  issueToken(to: string): string;
  /** @returns the cookie's value and the path, or undefined for a token that is unknown, used or too old. */
  redeem(token: string): { cookie: string; to: string } | undefined;
  isValid(cookie: string | undefined): boolean;
}

const TOKEN_MS = 15 * 60_000;
const MAX_TOKENS = 100; // A page that renews itself makes a new address each time.

export function createSessions({ now, newToken }: { now: Now; newToken(): string }): Sessions {
  const session = newToken();
  const tokens = new Map<string, { until: number; to: string }>();
  return {
    issueToken(to) {
      const token = newToken();
      tokens.set(token, { until: now() + TOKEN_MS, to });
      for (const [oldest] of tokens) if (tokens.size > MAX_TOKENS) tokens.delete(oldest);
      return token;
    },
    redeem(token) {
      const known = tokens.get(token);
      tokens.delete(token);
      return known && known.until > now() ? { cookie: session, to: known.to } : undefined;
    },
    isValid: (cookie) => cookie !== undefined && isEqual(cookie, session),
  };
}

function isEqual(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
