import { describeCause } from './describe-cause.ts';
import { Refused, UsageError } from './exit.ts';
import type { Io } from './io.ts';

export interface Exchange {
  status: number;
  /** The answer's bytes. */
  body: Buffer;
  /** From the first byte out to the last byte in, milliseconds. */
  ms: number;
}

const LOCAL_URL = 'http://127.0.0.1:3000/callback/local';
export const URL_OPTION = ['--url <url>', 'callback URL of the tenant', LOCAL_URL] as const;
const TIMEOUT_MS = 30_000;

/** @throws UsageError */
export function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new UsageError(`--url needs a whole address such as ${LOCAL_URL}`);
  return url;
}

/** One request, one answer; redirects are answers, for 尘锋 is not known to follow them. @throws Refused */
export async function exchange(href: string, init: RequestInit, io: Pick<Io, 'fetch' | 'now'>): Promise<Exchange> {
  const start = io.now();
  try {
    const answer = await io.fetch(href, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, body, ms: io.now() - start };
  } catch (error) {
    const cause = describeCause(error);
    const late = cause.includes('TimeoutError') ? `, none within ${TIMEOUT_MS / 1000} s` : '';
    throw new Refused(
      `no answer from ${new URL(href).host} (${cause}${late}): is the service running there? ${TO_START}`,
    );
  }
}

const TO_START = 'npm start starts it on this machine';

/** What a status other than success means, and what to look at in the receiver's set-up. */
export function meaningOf(status: number): string {
  return MEANINGS.find(([test]) => test(status))?.[1] ?? 'this is not how a callback receiver answers: check --url';
}

const MEANINGS: [test: (status: number) => boolean, meaning: string][] = [
  [(status) => status === 400, 'the receiver cannot read this callback; its log says why'],
  [
    (status) => status === 401,
    'the receiver does not take this for a callback of the sender: compare token, AES key, receiveId, clock and the ' +
      'tenant’s name (or plain text is off there); its log has the reason',
  ],
  [(status) => status === 403, 'something in front of the receiver refuses: a firewall, or the stage’s access rules'],
  [(status) => status === 404, 'there is nothing at this address: it ends in /callback/ and the tenant’s name'],
  [(status) => status === 413, 'the callback is larger than the gateway takes'],
  [(status) => status >= 300 && status < 400, 'the address redirects: give the one it redirects to'],
  [(status) => status === 429 || status >= 500, 'the receiver could not keep it just now: try again, and see its log'],
];
