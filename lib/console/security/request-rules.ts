/** Why a request is not answered. */
export type ConsoleRefusal = 'foreign-host' | 'foreign-page';

export interface RequestHead {
  method: string;
  /** What is asked for, whole: a target with a host of its own counts for more than `Host` (RFC 9112, 3.2.2). */
  url: string;
  /** By lower-case name. */
  header(name: string): string | undefined;
}

const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/**
 * Any page in the operator's browser can send requests to 127.0.0.1, and can make any name lead there (DNS rebinding).
 * `Host` must be this server's own, to the port; a request without it is refused. Whatever may change something has to
 * come from a page of this server, as the browser says: https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 * @param port on which this server listens.
 */
export function refusalOf(request: RequestHead, port: number): ConsoleRefusal | undefined {
  if (!isOwnHost(request.header('host'), port)) return 'foreign-host';
  if (!isOwnTarget(request.url, port)) return 'foreign-host';
  if (PROXY_HEADERS.some((name) => request.header(name) !== undefined)) return 'foreign-host';
  if (!isOwnOrigin(request.header('origin'), port)) return 'foreign-page';
  const site = request.header('sec-fetch-site');
  if (request.method !== 'GET') return site === 'same-origin' ? undefined : 'foreign-page';
  if (site === undefined || site === 'none' || site === 'same-origin') return undefined;
  return isNavigation(request) ? undefined : 'foreign-page';
}

const hostsOf = (port: number) => [`127.0.0.1:${port}`, `localhost:${port}`];

const isOwnHost = (host: string | undefined, port: number) => host !== undefined && hostsOf(port).includes(host);

const isOwnTarget = (url: string, port: number) => hostsOf(port).some((host) => url.startsWith(`http://${host}/`));

/** `null` is what a browser sends for a form of a page with `Referrer-Policy: no-referrer`: `Sec-Fetch-Site` decides then. */
const isOwnOrigin = (origin: string | undefined, port: number) =>
  origin === undefined || origin === 'null' || hostsOf(port).some((host) => origin === `http://${host}`);

/** A link that was followed, in a tab of its own. */
const isNavigation = (request: RequestHead) =>
  request.header('sec-fetch-mode') === 'navigate' && request.header('sec-fetch-dest') === 'document';

/** On every answer. Styles and script come from this server's own addresses; nothing is kept, framed or shared. */
export const SECURITY_HEADERS: Record<string, string> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
