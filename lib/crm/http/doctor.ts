import { AppError } from '../../errors.ts';
import { isLoopback } from '../base-url.ts';
import type { CrmResponse } from '../client.ts';
import { checkClock } from '../doctor-clock.ts';
import type { Finding } from '../finding.ts';
import { vendorFindings } from '../vendor-dates.ts';
import { createSignedPost, type HttpAccess } from './calls.ts';
import { isForeign, saysItFailed } from './failures.ts';
import { isPublishedSecret } from './standard-webhooks.ts';

export interface HttpExamination extends HttpAccess {
  tenant: string;
}

/**
 * Posts one signed `ping` and says what it learned; nothing is merged.
 * @throws ConfigError for an endpoint or secret that cannot be used.
 */
export async function examineHttp(options: HttpExamination): Promise<Finding[]> {
  const post = createSignedPost(options);
  const now = options.now();
  const settings = [checkSecret(options.secret), checkTransport(new URL(options.endpoint))];
  const dates = vendorFindings('http', now);
  try {
    const response = await post(`ping_${now}`, pingBody(options.tenant, now));
    return [...settings, checkAnswer(response), checkClock(response.headers, now, 'the endpoint'), ...dates];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [...settings, { check: 'endpoint', ok: false, advice: error.message }, ...dates];
  }
}

const pingBody = (tenant: string, now: number) =>
  JSON.stringify({ type: 'ping', timestamp: new Date(now).toISOString(), data: { tenant } });

function checkSecret(secret: string): Finding {
  const published = secret.trim().split(/\s+/).some(isPublishedSecret);
  if (!published) return { check: 'secret', ok: true, advice: 'has the form of Standard Webhooks' };
  const advice =
    'it stands in published examples, so anyone can sign with it: make one with `npx merge-sync keygen --webhook`';
  return { check: 'secret', ok: false, advice };
}

function checkTransport({ protocol, hostname }: URL): Finding {
  if (protocol === 'https:') return { check: 'transport', ok: true, advice: 'contacts travel encrypted' };
  if (isLoopback(hostname)) return { check: 'transport', ok: true, advice: 'contacts stay on this machine' };
  return { check: 'transport', ok: true, warning: true, advice: 'contacts travel in plain text: http' };
}

const BUSY = [408, 425, 429];
const WRONG_PLACE = [404, 405, 410, 415];

/** What the answer to a `ping` tells. The contract lets a receiver answer any 2xx or 4xx to it. */
function checkAnswer(response: CrmResponse): Finding {
  const { status } = response;
  const wrong = (advice: string): Finding => ({ check: 'endpoint', ok: false, advice });
  const fine = (advice: string): Finding => ({ check: 'endpoint', ok: true, advice });
  if (isForeign(response))
    return wrong(
      `answered ${status}, but not in the receiver’s own words: look at the proxy or gateway before it, and at the path`,
    );
  if (saysItFailed(response))
    return {
      ...fine(
        `answers ${status} to a ping, with JSON that says it failed: a merge that fails must get a status that says so`,
      ),
      warning: true,
    };
  if (status < 300) return fine(`accepts a signed ping (${status})`);
  if (status < 400) return wrong(`redirects (${status}), and redirects are not followed: give the last address`);
  if (status === 401 || status === 403)
    return wrong(
      `refuses the signed ping (${status}): give both sides the same secret and the right time, and let this sender in`,
    );
  if (status === 407) return wrong('a proxy on the way wants credentials: let this sender go past it');
  if (BUSY.includes(status))
    return fine(`answers, but has no time now (${status}): run the doctor again to learn more`);
  if (WRONG_PLACE.includes(status))
    return {
      ...fine(`answers ${status} to a ping: is this the path that takes merges, by POST and as JSON?`),
      warning: true,
    };
  if (status < 500)
    return fine(`answers, and does not know ping (${status}): whether it accepts the signature is not known`);
  return wrong(`answers ${status} to a ping: a receiver answers 2xx or 4xx to a type that it does not know`);
}
