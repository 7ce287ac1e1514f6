import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runBurst } from '../crm/hubspot/burst.ts';
import { createAccount } from '../crm/hubspot/portal-world.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';
import { helpIfAsked } from './help.mjs';

helpIfAsked(import.meta.url);

/**
 * A burst of merges against a look-alike limited like HubSpot's (190 calls in 10 s), in real time over real sockets:
 *
 *     node --import tsx test/bench/hubspot-burst.ts [--merges 2000] [--workers 10]     the full one, about 6 minutes
 *     node --import tsx test/bench/hubspot-burst.ts --scale 10                         the interval a tenth as long, about 35 s
 *
 * Ends with 1 when it takes longer than 1.15 times what the limit itself asks for, or meets more than one 429.
 */
const { values } = parseArgs({
  options: {
    merges: { type: 'string', default: '2000' },
    workers: { type: 'string', default: '10' },
    scale: { type: 'string', default: '1' },
  },
});
const limit = { calls: 190, intervalMs: 10_000 / Number(values.scale) };
const account = createAccount({ now: Date.now, limit });
const server = await account.listen();
const documents = asPort(createMemoryDocuments(Date.now));
const result = await runBurst({
  account,
  merges: Number(values.merges),
  workers: Number(values.workers),
  documents,
  baseUrl: server.url,
  fetch,
  now: Date.now,
  sleep: (ms) => sleep(ms),
  inLine: true,
});
await server.close();

const boundMs = ((3 * Number(values.merges) - limit.calls) / limit.calls) * limit.intervalMs;
const ratio = result.elapsedMs / boundMs;
console.log(
  JSON.stringify({
    merges: account.portal.merges(),
    calls: result.calls,
    refused: result.refused,
    putBack: result.putBack,
    unopened: result.unopened,
    mostCallsInAnInterval: account.mostCallsInAnInterval(),
    seconds: Math.round(result.elapsedMs / 100) / 10,
    secondsTheLimitAsksFor: Math.round(boundMs / 100) / 10,
    ratio: Math.round(ratio * 1000) / 1000,
  }),
);
process.exitCode = ratio <= 1.15 && result.refused <= 1 ? 0 : 1;
