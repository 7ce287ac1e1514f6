import { CrmError } from '../errors.ts';
import type { RequestProgress } from './watch-request.ts';

export interface UnansweredCall {
  vendor: string;
  /** `POST /merges`, without ids. */
  what: string;
  repeatable: boolean;
}

/**
 * What a call without an answer means. What never reached a connection has not been sent, whatever the cause:
 * `retry-soon`. After that, only the CRM knows what a write has done: `ambiguous`.
 */
export function noAnswer({ vendor, what, repeatable }: UnansweredCall, cause: unknown, progress: RequestProgress) {
  const sent = wasSent(cause, progress);
  const code = codeOf(cause, sent);
  if (!sent) return new CrmError('retry-soon', `${vendor}: ${what} was not sent (${code})${reason(code)}`, { code });
  return new CrmError(repeatable ? 'retry-soon' : 'ambiguous', `${vendor}: ${what} got no answer (${code})`, { code });
}

/** Without word from `fetch` itself, only causes that rule it out count: in doubt it was sent. */
function wasSent(cause: unknown, { created, sent }: RequestProgress): boolean {
  return created ? sent : !causesOf(cause).some(isBeforeSending);
}

interface Cause {
  name?: unknown;
  code?: unknown;
  syscall?: unknown;
  message?: unknown;
}

/** By shape, not by class: errors of another realm (a test runner's, a worker's) are errors too. */
function causesOf(error: unknown): Cause[] {
  const causes: Cause[] = [];
  for (
    let at = error;
    typeof at === 'object' && at !== null && causes.length < 10;
    at = (at as { cause?: unknown }).cause
  )
    causes.push(at as Cause);
  return causes;
}

const CONNECTING = ['connect', 'getaddrinfo'];
const CONNECT_CODE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_INVALID_(URL|CHAR|PROTOCOL))$/;
// OpenSSL's verdicts on a certificate (https://nodejs.org/api/tls.html#x509-certificate-error-codes), and Node's own on its name.
const CERTIFICATE_CODE =
  /^(CERT_\w+|CRL_\w+|\w*SELF_SIGNED\w*|UNABLE_TO_\w+|\w*ISSUER\w*|INVALID_\w+|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|ERR_TLS_CERT_\w+)$/;
// What `fetch` refuses with a message only.
const REFUSALS: [RegExp, string][] = [
  [/^bad port$/, 'BAD_PORT'], // https://fetch.spec.whatwg.org/#port-blocking
  [/^unknown scheme$/, 'UNKNOWN_SCHEME'],
  [/ByteString|invalid header/i, 'INVALID_HEADER'],
];
const refusalIn = (message: unknown) => REFUSALS.find(([pattern]) => pattern.test(String(message)))?.[1];

function isBeforeSending({ code, syscall, message }: Cause): boolean {
  if (CONNECTING.includes(String(syscall)) || refusalIn(message) !== undefined) return true;
  return typeof code === 'string' && (CONNECT_CODE.test(code) || CERTIFICATE_CODE.test(code));
}

function codeOf(error: unknown, sent: boolean): string {
  for (const { code, name, message } of causesOf(error)) {
    if (typeof code === 'string') return code;
    if (name === 'TimeoutError') return sent ? 'TIMEOUT' : 'CONNECT_TIMEOUT';
    const refusal = refusalIn(message);
    if (refusal) return refusal;
  }
  return 'NETWORK';
}

const REASONS: [RegExp, string][] = [
  [/^ECONNREFUSED$/, 'nothing listens at this address and port'],
  [/^(ENOTFOUND|EAI_)/, 'the host name cannot be resolved: is it spelt right, and does the DNS answer?'],
  [/TIMEOUT|ETIMEDOUT/, 'no connection within the time-out: does a firewall or a security group drop it?'],
  [/UNREACH|DOWN|ADDRNOTAVAIL/, 'there is no way to this address from here'],
  [/^(EACCES|EPERM)$/, 'this machine forbids the connection'],
  [/^BAD_PORT$/, 'fetch refuses this port: choose another'],
  [/^(UNKNOWN_SCHEME|ERR_INVALID_)/, 'it is no address that can be called: correct the settings'],
  [/^INVALID_HEADER$/, 'a token or secret in the settings has a character that no header takes: copy it again'],
  [/^ERR_SSL_/, 'no TLS could be agreed on: is it https there?'],
  [CERTIFICATE_CODE, 'its certificate is not accepted: is it for this name, in date, and from a public authority?'],
];

function reason(code: string): string {
  const known = REASONS.find(([pattern]) => pattern.test(code));
  return known ? `: ${known[1]}` : '';
}
