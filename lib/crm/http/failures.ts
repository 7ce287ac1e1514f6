import { CrmError, type CrmFailure } from '../../errors.ts';
import { isJsonObject, objectIn } from '../../json.ts';
import type { Now } from '../../ports.ts';
import { type CrmResponse, retryAfter } from '../client.ts';
import { isNoRoute, isPage } from '../foreign-answer.ts';
import { VENDOR } from './calls.ts';

interface Meaning {
  kind: CrmFailure;
  hint?: string;
  code?: string;
}

// What a status other than success means, and what the operator should know about it.
const BY_STATUS = new Map<number, Meaning>([
  [401, { kind: 'auth', hint: 'check that both sides have the same secret and the right time' }],
  [403, { kind: 'auth', hint: 'check that the receiver, and a firewall before it, lets this sender in' }],
  [407, { kind: 'auth', hint: 'a proxy on the way wants credentials: let this sender go past it' }],
  [408, { kind: 'retry-soon' }], // Request Timeout
  [410, { kind: 'permanent', hint: 'the receiver wants no more commands: check the endpoint' }],
  [413, { kind: 'permanent', hint: 'raise the size of request that the receiver, and a proxy before it, accepts' }],
  [425, { kind: 'retry-soon' }], // Too Early
  [429, { kind: 'retry-soon' }], // Too Many Requests
]);

// A proxy may say these with a page of its own: they mean the same then.
const SAME_FROM_A_PROXY = [401, 403, 407, 408, 413, 425, 429];

const FOREIGN = 'foreign-answer';
const FOREIGN_HINT = 'it is not the receiver’s own answer: look at the proxy or gateway before it, and at the path';

/** An answer that is neither done, unknown contacts, nor a contradiction. */
export function httpFailure(response: CrmResponse, now: Now): CrmError {
  const { status } = response;
  const { kind, hint, code } = meaningOf(response);
  const mayName = kind === 'retry-soon' || kind === 'ambiguous';
  const retryAt = mayName ? retryAfter(response.headers, now) : undefined;
  return new CrmError(
    kind === 'retry-soon' && retryAt !== undefined ? 'retry-after' : kind,
    `${VENDOR}: POST the endpoint answered ${status}${hint ? `; ${hint}` : ''}`,
    { retryAt, code: code ?? answerCode(response) },
  );
}

function meaningOf(response: CrmResponse): Meaning {
  const { status } = response;
  if (isForeign(response)) {
    // With a status of success it may be the receiver's own page after all: what it has done is not known.
    const kind = status < 300 || status >= 500 ? 'ambiguous' : 'retry-soon';
    return { kind, hint: FOREIGN_HINT, code: FOREIGN };
  }
  if (saysItFailed(response)) return { kind: 'ambiguous', hint: FAILED_HINT, code: 'failed-in-2xx' };
  return BY_STATUS.get(status) ?? otherStatus(status);
}

const FAILED_HINT =
  'its JSON says that it failed: the receiver is to answer a merge that failed with a status that says so';

/**
 * Whether a success contradicts itself: many systems answer 200 to everything and put the failure into the JSON. What
 * they have done is then not known. `errcode` is WeCom's own form, 0 for success
 * (https://developer.work.weixin.qq.com/document/path/90313).
 */
export function saysItFailed({ status, text }: CrmResponse): boolean {
  if (status >= 300) return false;
  const { success, ok, error, errcode, code, status: inner, statusCode } = objectIn(text);
  if (success === false || ok === false) return true;
  if (isJsonObject(error) || (typeof error === 'string' && error !== '')) return true;
  return (typeof errcode === 'number' && errcode !== 0) || [code, inner, statusCode].some(isErrorStatus);
}

const isErrorStatus = (value: unknown) => typeof value === 'number' && value >= 400 && value < 600;

/** Whether a proxy, a gateway or a login page has answered in the receiver's place. */
export function isForeign(response: CrmResponse): boolean {
  const { status } = response;
  if (status >= 300 && status < 400) return false;
  if (SAME_FROM_A_PROXY.includes(status)) return false;
  return status === 404 ? isNoRoute(response) : isPage(response);
}

function otherStatus(status: number): Meaning {
  // It may have taken effect before it failed: only the receiver can say, by the webhook-id.
  if (status >= 500) return { kind: 'ambiguous' };
  if (status >= 400) return { kind: 'permanent' };
  if (status >= 300) return { kind: 'permanent', hint: 'redirects are not followed: enter the final URL' };
  return { kind: 'permanent', hint: 'success is 200, 201, 202 or 204' };
}

/** The answer's own `code` or `error` where it is one word, else the status: a sentence may quote personal data. */
export function answerCode({ status, text }: CrmResponse): string {
  const { code, error } = objectIn(text);
  return [code, error].find(isWord) ?? String(status);
}

// Begins with a letter and holds no long number, so that no telephone number or id card passes for a code.
const isWord = (value: unknown): value is string =>
  typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(value) && !/\d{5}/.test(value);
