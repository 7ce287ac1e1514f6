const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/**
 * Whether a request was meant for this machine by name. A page in the developer's browser can make any name lead to
 * 127.0.0.1 (DNS rebinding) and would otherwise read what only the developer should see.
 */
export function isForLoopback(request: { headers: { host?: string | undefined } }): boolean {
  return LOOPBACK.test(request.headers.host ?? '');
}
