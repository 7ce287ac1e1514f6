import { ConfigError } from '../errors.ts';

// https://fetch.spec.whatwg.org/#port-blocking: `fetch` never connects to these.
const BLOCKED_PORTS = new Set([
  ...[1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109],
  ...[110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530],
  ...[531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190],
  ...[5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
]);

export interface BaseUrlRules {
  /** As it is named in the settings: `baseUrl`, `endpoint`. */
  setting: string;
  /** Accepts http:// for a host that is not this machine. */
  allowInsecure?: boolean | undefined;
}

/**
 * An address that a CRM can be called at: https, or http to this machine.
 * @throws ConfigError without quoting the address.
 * @example checkBaseUrl('https://crm.example.com/merges', { setting: 'endpoint' }).origin // 'https://crm.example.com'
 */
export function checkBaseUrl(text: string, { setting, allowInsecure = false }: BaseUrlRules): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new ConfigError(`${setting} must be a URL that begins with https://`);
  if (url.username || url.password) throw new ConfigError(`${setting} must not carry a user name or password`);
  if (url.port !== '' && BLOCKED_PORTS.has(Number(url.port)))
    throw new ConfigError(`${setting}: fetch refuses port ${url.port}, no call can be made there: choose another port`);
  if (url.protocol === 'http:' && !allowInsecure && !isLoopback(url.hostname))
    throw new ConfigError(
      `${setting} begins with http://, contacts and keys would travel in plain text: use https://, or allow it with "allowInsecure": true (npm start: CRM_ALLOW_INSECURE=1)`,
    );
  return url;
}

/** @param hostname as `URL` gives it. */
export const isLoopback = (hostname: string) =>
  /^127(\.\d+){3}$/.test(hostname) || /^(.+\.)?localhost$/.test(hostname) || hostname === '[::1]';
