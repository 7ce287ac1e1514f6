import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Loopback and nothing else: what runs here has no business on a network. */
export const HOST = '127.0.0.1';

// A client must not meet the end of a connection that it is about to use again: Node ends an idle one after 5 seconds.
const IDLE_CONNECTION_MS = 120_000;

/** @param port 0 for a free one. @returns the port. @throws what `listen` reports, `EADDRINUSE` above all. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.keepAliveTimeout = IDLE_CONNECTION_MS;
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Lets requests in hand end, for at most `patienceMs`. */
export function close(server: Server, patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), patienceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
