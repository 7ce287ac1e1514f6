import { CrmError, type CrmFailure } from '../errors.ts';
import type { Now } from '../ports.ts';
import { type CrmCall, type CrmResponse, retryAfter } from './client.ts';

/** What the CRM itself says in an answer. `code` is undefined where the answer is not the CRM's own. */
export interface OwnWord {
  code: string | undefined;
  /** What this code means, where it is not what the status means. */
  kind?: CrmFailure | undefined;
  /** How long a limit lasts, where the CRM says it otherwise than with `Retry-After`. */
  waitMs?: number | undefined;
}

const NO_RIGHTS = [401, 403, 407];
/** After a 429 without a time. */
const LIMITED_WAIT_MS = 60_000;

/**
 * What an answer means that is no success, for an API of JSON whose statuses mean what RFC 9110 says
 * (https://www.rfc-editor.org/rfc/rfc9110#section-15). What a 5xx, or a 2xx that cannot be read, has done is not known.
 * @param call its label is told, its path is not.
 */
export function apiFailure(vendor: string, call: CrmCall, answer: CrmResponse, own: OwnWord, now: Now): CrmError {
  const { status, headers } = answer;
  const told = retryAfter(headers, now);
  const kind = own.kind ?? kindOf(call, status, own.code);
  const retryAt = told ?? (status === 429 ? now() + (own.waitMs ?? LIMITED_WAIT_MS) : undefined);
  const waits = kind === 'retry-soon' && retryAt !== undefined;
  return new CrmError(waits ? 'retry-after' : kind, `${vendor}: ${call.method} ${call.label} answered ${status}`, {
    code: own.code ?? (saysEnough(status) ? `http-${status}` : 'foreign-answer'),
    ...(waits && { retryAt }),
  });
}

const saysEnough = (status: number) => NO_RIGHTS.includes(status) || [408, 429].includes(status) || status >= 500;

function kindOf({ repeatable = false }: CrmCall, status: number, code: string | undefined): CrmFailure {
  const inDoubt = repeatable ? 'retry-soon' : 'ambiguous';
  if (NO_RIGHTS.includes(status)) return 'auth';
  if (status === 429) return 'retry-soon';
  if (status === 408 || status >= 500 || status < 300) return inDoubt;
  return code === undefined ? 'retry-soon' : 'permanent'; // A redirect or a page has not reached the CRM.
}
