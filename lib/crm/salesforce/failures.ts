import { CrmError, type CrmFailure } from '../../errors.ts';
import type { Now } from '../../ports.ts';
import { type CrmResponse, retryAfter } from '../client.ts';
import { isPage } from '../foreign-answer.ts';
import { hiddenCode, kindOfCode } from './failure-codes.ts';

export const VENDOR = 'salesforce';

/** The token was not accepted: nothing happened, and another token may do. */
export const SESSION_REJECTED = 'INVALID_SESSION_ID';

const LIMIT_WAIT_MS = 15 * 60_000; // The daily limit is a rolling 24 hours: some of it comes back within minutes.

/** What was attempted, as it may stand in an error. */
export interface Attempt {
  /** `POST merge`: no ids, no query. */
  what: string;
  /** True for a call that may be made again without an answer to the first. */
  repeatable: boolean;
  now: Now;
}

/** Salesforce's own word in a REST answer, a SOAP fault or a result. The message may hold data and is never kept. */
export interface Refusal {
  code: string;
  message?: string | undefined;
}

/** The answer that the refusals came in; left out where its status says nothing, as in a result. */
export type RefusedBy = Pick<CrmResponse, 'status' | 'headers'>;

/** Several refusals of one call: the one that time or an administrator can cure counts. */
export function refusal(refusals: Refusal[], attempt: Attempt, by?: RefusedBy): CrmError {
  const judged = refusals.map((one) => judge(one, attempt, by?.status));
  const counting = judged.find(({ kind }) => kind !== 'permanent') ?? judged[0];
  const { code = 'NO_CODE', kind = 'permanent', said = '' } = counting ?? {};
  return passingError(kind, `${VENDOR}: ${attempt.what} was refused with ${said}`, { code, by, now: attempt.now });
}

function judge({ code, message = '' }: Refusal, { repeatable }: Attempt, status?: number) {
  const known = kindOfCode(code);
  const hidden = known === undefined ? hiddenCode(message) : undefined;
  if (hidden !== undefined)
    return { code: hidden, kind: limitKind(hidden, message), said: `${plain(code)} (${hidden})` };
  const kind = known === undefined ? kindOfUnlisted(code, status, repeatable) : limitKind(code, message);
  return { code, kind: kind === 'ambiguous' && repeatable ? ('retry-soon' as const) : kind, said: plain(code) };
}

/** Of the limits only the daily one lasts; too many calls at once are over within seconds. */
function limitKind(code: string, message: string): CrmFailure {
  const kind = kindOfCode(code) ?? 'permanent';
  return kind === 'retry-after' && /concurrent/i.test(message) ? 'retry-soon' : kind;
}

/** Where the code says nothing, the status does: 403 is a matter of rights, whatever its code. */
function kindOfUnlisted(code: string, status: number | undefined, repeatable: boolean): CrmFailure {
  const foreign = !/^[A-Z][A-Z0-9_]*$/.test(code);
  if (status === undefined) return foreign ? 'ambiguous' : 'permanent';
  return status >= 500 || status === 401 || status === 403 || status === 429
    ? kindOfStatus(status, repeatable)
    : 'permanent';
}

const plain = (code: string) => (/^[A-Za-z_]{1,64}$/.test(code) ? code : 'an unusual code');

/** An HTTP answer without a code of Salesforce's: from a proxy, an edge, or cut short. */
export function unexpectedStatus(by: CrmResponse, { what, repeatable, now }: Attempt): CrmError {
  const { status } = by;
  const hint = status < 400 || status === 404 ? '; is instanceUrl the org’s My Domain address?' : '';
  const kind = isForeignRefusal(by) ? 'retry-soon' : kindOfStatus(status, repeatable);
  return passingError(kind, `${VENDOR}: ${what} answered ${status}${hint}`, { code: `http-${status}`, by, now });
}

// The request itself cannot be taken, and the same one comes again: these statuses are no proxy's passing trouble.
const LASTING_STATUSES = [400, 405, 406, 410, 411, 413, 414, 415, 422, 431];

// About the sender or the size of the request: lasting, whether Salesforce's edge says it or a proxy.
const EDGE_STATUSES = [401, 403, 407, 413, 414, 431];

/** A page with a 4xx is a proxy's: Salesforce gives its refusals as JSON or SOAP. */
const isForeignRefusal = (by: CrmResponse): boolean =>
  by.status >= 400 && by.status < 500 && by.status !== 408 && !EDGE_STATUSES.includes(by.status) && isPage(by);

function kindOfStatus(status: number, repeatable: boolean): CrmFailure {
  if (status === 401 || status === 403 || status === 407) return 'auth';
  if (LASTING_STATUSES.includes(status)) return 'permanent';
  // Salesforce gives its refusals a code. A 404 without one is a proxy's, a redirect means moved or under maintenance.
  if (status >= 300 && status < 500 && status !== 408) return 'retry-soon';
  return repeatable ? 'retry-soon' : 'ambiguous'; // 5xx, or a 2xx that cannot be read.
}

/** A failure that passes waits for as long as the answer asks. */
export function passingError(
  kind: CrmFailure,
  message: string,
  { code, by, now }: { code: string; by: RefusedBy | undefined; now: Now },
): CrmError {
  const passes = kind === 'retry-soon' || kind === 'retry-after';
  const asked = passes && by ? retryAfter(by.headers, now) : undefined;
  const retryAt = asked ?? (kind === 'retry-after' ? now() + LIMIT_WAIT_MS : undefined);
  return new CrmError(retryAt === undefined ? kind : 'retry-after', message, { code, retryAt });
}
