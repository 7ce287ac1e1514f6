import { createHubspotCrm } from '../../../lib/crm/hubspot/hubspot.ts';
import { createRoom } from '../../../lib/crm/room.ts';
import { createSharedRateBudget } from '../../../lib/crm/shared-rate-budget.ts';
import { CrmError } from '../../../lib/errors.ts';
import type { Documents, Fetch, RecordCrm } from '../../../lib/ports.ts';
import { type Account, seedContact } from './portal-world.ts';

export interface Burst {
  account: Account;
  merges: number;
  /** Each with an adapter of its own, as in a Lambda container: they share the documents and nothing else. */
  workers: number;
  documents: Documents;
  baseUrl: string;
  fetch: Fetch;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /** Whether what finds no turn takes a place in the line, as the function does it, or only waits by itself. */
  inLine: boolean;
}

export interface BurstResult {
  elapsedMs: number;
  calls: number;
  refused: number;
  /** How often an event went back to the queue in the middle, to wait for a turn. */
  putBack: number;
  /** How often one went back unopened, with a place in the line. */
  unopened: number;
}

interface Job {
  survivor: string;
  loser: string;
  step: number;
  notBefore: number;
}

type State = Pick<BurstResult, 'putBack' | 'unopened'> & { left: number };

const AT_ONCE = 10; // What a worker takes on at most, as lib/crm/registry.ts has it.

/** Events that are all there at once, each one look-up, one merge and one update; what has to wait goes back to the queue. */
export async function runBurst(burst: Burst): Promise<BurstResult> {
  const jobs = Array.from({ length: burst.merges }, (_, index) => seedJob(burst.account, index));
  const state = { left: jobs.length, putBack: 0, unopened: 0 };
  const start = burst.now();
  await Promise.all(
    Array.from({ length: burst.workers }, (_, index) => work(burst, jobs, state, 100 + ((index * 61) % 100))),
  );
  const { seen } = burst.account;
  return {
    elapsedMs: burst.now() - start,
    calls: seen.length,
    refused: seen.filter(({ status }) => status === 429).length,
    putBack: state.putBack,
    unopened: state.unopened,
  };
}

function seedJob(account: Account, index: number): Job {
  const [survivor, loser] = [`survivor-${index}`, `loser-${index}`];
  for (const contactId of [survivor, loser]) seedContact(account, contactId);
  return { survivor, loser, step: 0, notBefore: 0 };
}

async function work(burst: Burst, jobs: Job[], state: State, idleMs: number) {
  const { documents, now, sleep } = burst;
  const shared = createSharedRateBudget({ documents, tenant: 'acme', crm: 'hubspot', now });
  const { budget, room } = createRoom(shared, now, AT_ONCE);
  const crm = createHubspotCrm({ ...burst, token: 'pat-test', timeoutMs: 30_000, budget });
  while (state.left > 0) {
    const job = takeDue(jobs, now());
    if (!job) await sleep(idleMs);
    else if (burst.inLine && room.isFull() && job.step === 0) {
      // As the handler does it: unopened, with a place in the line.
      const { lastMs } = await room.comeBack(1);
      job.notBefore = now() + Math.ceil(lastMs / 1000) * 1000;
      state.unopened += 1;
      jobs.push(job);
    } else if (await carriedOut(crm, job, now)) state.left -= 1;
    else {
      state.putBack += 1;
      jobs.push(job);
    }
  }
}

function takeDue(jobs: Job[], now: number): Job | undefined {
  const index = jobs.findIndex(({ notBefore }) => notBefore <= now);
  return index < 0 ? undefined : jobs.splice(index, 1)[0];
}

/** @returns false when it has to wait in the queue, whose delays are whole seconds. */
async function carriedOut(crm: RecordCrm, job: Job, now: () => number): Promise<boolean> {
  const records = new Map<string, string>();
  try {
    if (job.step < 2) {
      for (const { asked, record } of await crm.find([job.survivor, job.loser], []))
        records.set(asked, record.recordId);
      const pair = { survivor: records.get(job.survivor) ?? '', losers: [records.get(job.loser) ?? ''] };
      job.step = 1;
      const { survivor } = await crm.merge(pair);
      job.survivor = survivor;
      job.step = 2;
    }
    await crm.update(job.survivor, { values: { nickname: 'merged' } });
    return true;
  } catch (error) {
    if (!(error instanceof CrmError) || error.retryAt === undefined) throw error;
    job.notBefore = now() + Math.ceil((error.retryAt - now()) / 1000) * 1000;
    return false;
  }
}
