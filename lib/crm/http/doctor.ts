import { AppError } from '../../errors.ts';
import type { Fetch, Now } from '../../ports.ts';
import { createCrmClient } from '../client.ts';
import type { Finding } from '../finding.ts';
import { webhookKeys } from './standard-webhooks.ts';

export interface HttpExamination {
  endpoint: string;
  secret: string;
  timeoutMs: number;
  fetch: Fetch;
  now: Now;
}

const MOST_SKEW_MS = 60_000; // Receivers that follow Standard Webhooks accept five minutes.

/** Looks whether the endpoint of an in-house CRM can be reached; sends no command, only OPTIONS. */
export async function examineHttp(options: HttpExamination): Promise<Finding[]> {
  const secret = checkSecret(options.secret);
  const address = new URL(options.endpoint);
  const call = createCrmClient({ ...options, vendor: 'http', baseUrl: address.origin });
  try {
    const path = address.pathname + address.search;
    const response = await call({ method: 'OPTIONS', path, label: 'the endpoint', repeatable: true });
    return [secret, checkTransport(address), checkAnswer(response.status), checkClock(response.headers, options.now())];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const advice = `${error.message}: check the address, and whether it can be reached from where apply runs`;
    return [secret, checkTransport(address), { check: 'endpoint', ok: false, advice }];
  }
}

function checkSecret(secret: string): Finding {
  try {
    webhookKeys(secret);
    return { check: 'secret', ok: true, advice: 'can sign' };
  } catch (error) {
    return { check: 'secret', ok: false, advice: error instanceof AppError ? error.message : 'cannot be used' };
  }
}

function checkTransport({ protocol, hostname }: URL): Finding {
  const safe = protocol === 'https:' || hostname === '127.0.0.1' || hostname === 'localhost';
  const advice = safe ? 'contacts travel encrypted' : 'use https: contacts would travel in plain text';
  return { check: 'transport', ok: safe, advice };
}

function checkAnswer(status: number): Finding {
  const ok = status < 300 || (status >= 400 && status < 500);
  if (ok) return { check: 'endpoint', ok, advice: `answers (OPTIONS: ${status})` };
  const advice =
    status < 400 ? 'redirects, and redirects are not followed: give its last address' : `answers ${status}`;
  return { check: 'endpoint', ok, advice };
}

function checkClock(headers: Headers, now: number): Finding {
  const theirs = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(theirs)) return { check: 'clock', ok: true, advice: 'the endpoint does not tell its time' };
  const seconds = Math.round(Math.abs(theirs - now) / 1000);
  const ok = seconds * 1000 <= MOST_SKEW_MS;
  return { check: 'clock', ok, advice: ok ? 'agrees' : `differs by ${seconds} s: signatures may count as too old` };
}
