import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';

export interface GuardOptions {
  /** Whether this server has pages of its own; then their forms and scripts, and top-level navigation, may reach it. */
  pages: boolean;
  /** Paths that begin with this may be reached through a tunnel: what they take is signed. */
  tunnelPath?: string;
  /** The public name of the tunnel, lower case, as it stands in the Host header. */
  tunnelHost?: string | undefined;
  onRefused?(reason: Refusal): void;
}

export type Refusal = 'foreign-host' | 'forwarded' | 'foreign-origin';

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'cf-connecting-ip'];

/**
 * Why a request must not be answered; undefined for one that may. Any page in the developer's browser can send requests
 * to 127.0.0.1, and can make any name lead there (DNS rebinding): `Origin`, `Sec-Fetch-Site` and `Host` give it away.
 * A tunnel that rewrites `Host` gives itself away by the headers that a proxy adds.
 */
export function refusalOf(request: RequestHead, options: GuardOptions): Refusal | undefined {
  const { headers, url = '/' } = request;
  const host = (headers.host ?? '').toLowerCase();
  const tunnelled = options.tunnelPath !== undefined && url.startsWith(options.tunnelPath);
  const named = tunnelled && options.tunnelHost !== undefined && host === options.tunnelHost;
  if (!named && !LOOPBACK.test(host)) return 'foreign-host';
  if (!tunnelled && PROXY_HEADERS.some((name) => headers[name] !== undefined)) return 'forwarded';
  return isFromOwnPage(request, host, options) ? undefined : 'foreign-origin';
}

type RequestHead = Pick<IncomingMessage, 'headers' | 'method' | 'url'>;

/** True as well for what no page has sent. */
function isFromOwnPage({ headers, method }: RequestHead, host: string, { pages }: GuardOptions): boolean {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (!pages) return origin === undefined && site === undefined;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host}`) return false;
  return site === undefined || site === 'none' || site === 'same-origin' || isNavigation(headers, method);
}

/** A link that was followed, or an address that another page led to, in a tab of its own. */
const isNavigation = (headers: IncomingHttpHeaders, method: string | undefined) =>
  method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';

const ADVICE: Record<Refusal, string> = {
  'foreign-host': 'this server answers to 127.0.0.1 and localhost only; TUNNEL_HOST names a tunnel to the callback URL',
  forwarded: 'a proxy or tunnel reaches the callback URL only',
  'foreign-origin': 'pages of other origins are refused',
};

/** Puts the check in front of everything that listens to this server's requests. */
export function guardServer(server: Server, options: GuardOptions): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const refusal = refusalOf(request, options);
    if (refusal === undefined) return listeners.forEach((listener) => void listener.call(server, request, response));
    options.onRefused?.(refusal);
    refuse(response, refusal);
  });
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  const body = JSON.stringify({ error: ADVICE[refusal], reason: refusal });
  // The body of what is refused is not read: the connection ends with the answer.
  response.writeHead(403, { 'content-type': 'application/json; charset=utf-8', connection: 'close' }).end(body);
}
