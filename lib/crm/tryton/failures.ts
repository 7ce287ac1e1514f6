import { CrmError, type CrmFailure } from '../../errors.ts';
import type { Now } from '../../ports.ts';
import { type CrmResponse, retryAfter } from '../client.ts';

export const VENDOR = 'tryton';

/** What was attempted, as it may stand in an error. */
export interface Attempt {
  /** `model.party.party.write` */
  method: string;
  /** True for a call that may be made again without an answer to the first. */
  repeatable: boolean;
  now: Now;
}

interface Kind {
  code: string;
  kind: CrmFailure;
  /** Of an exception's name, or of its text. */
  pattern: RegExp;
  advice?: string;
}

/** Exceptions that Tryton names: https://docs.tryton.org/projects/server/en/latest/ref/exceptions.html */
const BY_NAME: { [name: string]: { kind: CrmFailure; advice?: string } } = {
  UserError: { kind: 'permanent' },
  LoginException: { kind: 'auth', advice: 'sign-in wants another factor: let this user in by password alone' },
  ConcurrencyException: { kind: 'retry-soon' }, // The record was changed since it was read.
  RateLimitException: { kind: 'retry-soon' },
};

/** A `UserError` about rights has no name of its own, and its text may be the id of a message that is not translated. */
const ACCESS = /\bnot allowed\b|msg_access_|msg_\w+_rule_error/;

/** Other exceptions come as their text, which is the database's or Python's. In all but the last nothing happened. */
const BY_TEXT: Kind[] = [
  {
    code: 'DatabaseLocked',
    kind: 'retry-soon',
    pattern: /database is locked|deadlock detected|could not (serialize|obtain lock)|lock timeout|statement timeout/i,
  },
  {
    code: 'DatabaseBusy',
    kind: 'retry-soon',
    pattern: /starting up|shutting down|in recovery|too many (clients|connections)|connection slots|pool exhausted/i,
  },
  {
    code: 'DatabaseUnknown',
    kind: 'auth',
    pattern: /^Database .* doesn't exist!?$|database .* does not exist/i,
    advice: 'correct `database` in the settings',
  },
  {
    code: 'DatabaseGone',
    kind: 'ambiguous',
    pattern:
      /server closed the connection|terminating connection|connection (already|has been) closed|could not connect/i,
  },
];

/** What an exception means; its transaction was rolled back. The text may name people, so only a code is kept. */
export function exceptionError(error: [string, ...unknown[]], { method, repeatable }: Attempt): CrmError {
  const { code, kind, advice } = judge(error);
  const settled = kind === 'ambiguous' && repeatable ? 'retry-soon' : kind;
  const hint = advice === undefined ? '' : `; ${advice}`;
  return new CrmError(settled, `${VENDOR}: ${method} was refused with ${code}${hint}`, { code });
}

function judge([name, detail]: [string, ...unknown[]]): Omit<Kind, 'pattern'> {
  if (name === 'UserError' && ACCESS.test(JSON.stringify(detail ?? '')))
    return { code: 'AccessError', kind: 'auth', advice: 'give the user this right' };
  if (Object.hasOwn(BY_NAME, name)) return { code: name, kind: 'permanent', ...BY_NAME[name] };
  return BY_TEXT.find(({ pattern }) => pattern.test(name)) ?? { code: 'Exception', kind: 'permanent' };
}

/** An HTTP answer that is not one of JSON-RPC: a session that ended, Tryton's own limits, or a proxy. */
export function unexpectedStatus({ status, headers }: CrmResponse, { method, repeatable, now }: Attempt): CrmError {
  const kind = kindOfStatus(status, repeatable);
  const retryAt = kind === 'retry-soon' ? retryAfter(headers, now) : undefined;
  const hint = status === 404 ? '; is the database there, and its name right?' : '';
  return new CrmError(retryAt === undefined ? kind : 'retry-after', `${VENDOR}: ${method} answered ${status}${hint}`, {
    code: `http-${status}`,
    retryAt,
  });
}

const LASTING_STATUSES = [400, 405, 406, 410, 411, 413, 414, 415, 422, 431]; // The same request would be refused again.

function kindOfStatus(status: number, repeatable: boolean): CrmFailure {
  if (status === 401 || status === 403 || status === 407) return 'auth';
  if (LASTING_STATUSES.includes(status)) return 'permanent';
  // 404 is Tryton's word for a database that cannot be reached, and a proxy's for a Tryton that is being replaced.
  if (status >= 300 && status < 500 && status !== 408) return 'retry-soon';
  return repeatable ? 'retry-soon' : 'ambiguous'; // 5xx, or a 2xx that cannot be read.
}
