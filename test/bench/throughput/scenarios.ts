import type { Fetch } from '../../../lib/ports.ts';
import { createSeededRandom } from '../../simulation/seeded-random.ts';
import { quantile } from '../statistics.mjs';
import { type History, hotHistory, mixedHistory, pairs } from './histories.ts';
import { createSimulatedAccount } from './simulated-account.ts';
import { createSimulatedHubspot, LIMIT } from './simulated-hubspot.ts';
import { createVirtualTime } from './virtual-time.ts';

const START = Date.UTC(2026, 10, 26, 8);
const PATIENCE_MS = 7 * 86_400_000;

export interface BacklogResult {
  workers: number;
  events: number;
  finished: number;
  /** Calls that the limit let in while there was a backlog, of those it would have let in. */
  filled: number;
  deliveriesPerEvent: number;
  requestsPerEvent: number;
  callsPerEvent: number;
  refused: number;
  failedDeliveries: number;
  simulatedSeconds: number;
  seconds: number;
}

/** One tenant's events, all queued before the first is worked on. */
async function runBacklog({ events, contacts }: History, workers: number): Promise<BacklogResult> {
  const began = performance.now();
  const time = createVirtualTime(START);
  const random = createSeededRandom(workers);
  const chance = () => random.below(1_000_000) / 1_000_000;
  const hubspot = createSimulatedHubspot(time, chance);
  for (const contact of contacts) hubspot.seed(contact);
  const tenants = [...new Set(events.map(({ tenant }) => tenant))];
  const fetchOf = () => hubspot.fetch;
  const account = createSimulatedAccount({ time, tenants, workers, fair: true, fetchOf, random: chance });
  const received = Promise.all(events.map((event) => account.receive(event)));
  await time.run(() => account.queue.sent() === events.length);
  await time.run(() => true);
  const from = time.now();
  await account.open();
  void received;
  await time.run(() => account.finishedAt.size === events.length || time.now() > from + PATIENCE_MS);
  account.close();
  const to = momentOfBacklogEnd([...account.finishedAt.values()], events.length);
  return {
    workers,
    events: events.length,
    finished: account.finishedAt.size,
    filled: filledShare(hubspot.admitted, from, to),
    deliveriesPerEvent: account.counts.deliveries / events.length,
    requestsPerEvent: account.counts.requests / events.length,
    callsPerEvent: hubspot.admitted.length / events.length,
    refused: hubspot.refused(),
    failedDeliveries: account.counts.failed,
    simulatedSeconds: (time.now() - from) / 1000,
    seconds: (performance.now() - began) / 1000,
  };
}

/** Afterwards what is left may be too little to fill the limit: the last tail of a chain, the last of a hot contact. */
function momentOfBacklogEnd(finished: number[], count: number): number {
  const sorted = finished.sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(count * 0.95))] ?? START;
}

/** The first interval's calls may all come at once: after it, what was let in against what would have been. */
function filledShare(admitted: number[], from: number, to: number): number {
  const begin = from + LIMIT.intervalMs;
  const used = admitted.filter((at) => at > begin && at <= to).length;
  return used / (((to - begin) / LIMIT.intervalMs) * LIMIT.calls);
}

export interface NeighbourResult {
  workers: number;
  fair: boolean;
  neighbour: string;
  events: number;
  meanMs: number;
  medianMs: number;
  p95Ms: number;
}

const QUIET_EVERY_MS = 3_000;

/** The latency of a quiet tenant's events beside another tenant: none, one with a backlog, or one whose CRM hangs. */
export async function quietBeside(
  neighbour: 'none' | 'backlog' | 'hanging',
  workers: number,
  fair = true,
): Promise<NeighbourResult> {
  const time = createVirtualTime(START);
  const random = createSeededRandom(7);
  const chance = () => random.below(1_000_000) / 1_000_000;
  const [quiet, noisy] = [createSimulatedHubspot(time, chance), createSimulatedHubspot(time, chance)];
  const hang: Fetch = async () => {
    await time.sleep(10_000);
    throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  };
  const noisyFetch = neighbour === 'hanging' ? hang : noisy.fetch;
  const fetchOf = (tenant: string) => (tenant === 'quiet' ? quiet.fetch : noisyFetch);
  const account = createSimulatedAccount({ time, tenants: ['quiet', 'noisy'], workers, fair, fetchOf, random: chance });
  const backlog = neighbour === 'none' ? { events: [], contacts: [] } : mixedHistory('noisy', 3_000);
  for (const contact of backlog.contacts) noisy.seed(contact);
  void Promise.all(backlog.events.map((event) => account.receive(event)));
  await time.run(() => account.queue.sent() === backlog.events.length);
  await account.open();
  const { events, contacts } = pairs('quiet', 100);
  for (const contact of contacts) quiet.seed(contact);
  const sentAt = new Map<string, number>();
  const send = async () => {
    for (const event of events) {
      await time.sleep(QUIET_EVERY_MS);
      sentAt.set(`quiet/${event.id}`, time.now());
      await account.receive(event);
    }
  };
  void send();
  await time.run(() => [...sentAt.keys()].filter((id) => account.finishedAt.has(id)).length === events.length);
  account.close();
  const latencies = [...sentAt].map(([id, at]) => (account.finishedAt.get(id) ?? 0) - at);
  const sum = latencies.reduce((a, b) => a + b, 0);
  return {
    workers,
    fair,
    neighbour,
    events: latencies.length,
    meanMs: sum / latencies.length,
    medianMs: quantile(latencies, 0.5),
    p95Ms: quantile(latencies, 0.95),
  };
}

export const mixedBacklog = (count: number, workers: number) => runBacklog(mixedHistory('acme', count), workers);
export const hotBacklog = (count: number, workers: number) => runBacklog(hotHistory('acme', count), workers);
export const pairBacklog = (count: number, workers: number) => runBacklog(pairs('acme', count), workers);
