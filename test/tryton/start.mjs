import { startTryton } from './server.mjs';

/** Jest's globalSetup. A machine without Tryton fails here: a live test that is skipped proves nothing. */
export default async function start() {
  const server = await startTryton().catch((error) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error(
      'Tryton is not installed: apt-get install --no-install-recommends tryton-server tryton-modules-party',
    );
  });
  globalThis.tryton = server;
  const { baseUrl, database, username, password } = server;
  process.env.TRYTON_LIVE = JSON.stringify({ baseUrl, database, username, password });
}
