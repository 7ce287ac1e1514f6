import { setTimeout as pause } from 'node:timers/promises';
import { inParallel } from '../../lib/in-parallel.ts';
import { addContact, getJson, KEYS_ENV, mergeBody, post, sealedEnvelope, viewEvent } from './sender.ts';
import { groupIsGone, type StackProcess, startStack } from './stack-process.ts';

export interface KillRun {
  dataDir: string;
  /** Distinguishes the runs on one DATA_DIR. */
  name: string;
  events: number;
  /** How often the stack is killed with SIGKILL before it may finish. */
  kills: number;
  /** Milliseconds until the next kill. */
  pauseMs: () => number;
  /** How long the last start may go on without finishing one more event, milliseconds. */
  patienceMs: number;
}

export interface KillResult {
  /** Events that are not `applied` at the end, as `id: state (reason)`. */
  open: string[];
  /** Pairs of contacts that were merged more or less than once. */
  notOnce: string[];
}

/**
 * Sends merges to the embedded stack as a sender does, who repeats what was not acknowledged, and kills the stack again
 * and again while it works on them; then lets it finish. All on one DATA_DIR.
 */
export async function killRun(run: KillRun): Promise<KillResult> {
  const ids = Array.from({ length: run.events }, (_, index) => `${run.name}-${index}`);
  const unsent = new Set(ids);
  let stack = await start(run);
  await Promise.all(ids.map((id) => addContact(stack.demoUrl, `${id}-main`, { remark: id })));
  for (let killed = 0; killed < run.kills; killed++) {
    const sending = sendAll(stack, unsent);
    await pause(run.pauseMs());
    await stack.end('SIGKILL');
    await groupIsGone(stack.child);
    await sending;
    stack = await start(run);
  }
  while (unsent.size > 0) await sendAll(stack, unsent);
  const open = await waitForAll(stack, ids, run.patienceMs);
  const notOnce = await pairsNotOnce(stack, ids);
  await stack.end();
  return { open, notOnce };
}

const start = ({ dataDir }: KillRun) => startStack({ ...KEYS_ENV, DATA_DIR: dataDir, SAMPLE: '0' });

const AT_ONCE = 4;

async function sendAll(stack: StackProcess, unsent: Set<string>): Promise<void> {
  const todo = [...unsent];
  const sender = async () => {
    for (let id = todo.pop(); id !== undefined && stack.child.exitCode === null; id = todo.pop())
      if (await isAccepted(stack, id)) unsent.delete(id);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
}

async function isAccepted({ url }: StackProcess, id: string): Promise<boolean> {
  const body = mergeBody(`${id}-main`, [`${id}-loser`], { changed: { remark: `${id} merged` } });
  try {
    return (await post(`${url}/callback/local`, sealedEnvelope(id, body))).status === 200;
  } catch {
    return false; // Killed in the middle of it.
  }
}

async function waitForAll({ url }: StackProcess, ids: string[], patienceMs: number): Promise<string[]> {
  let until = Date.now() + patienceMs;
  let open = ids.map((id) => ({ id, state: 'unknown', reason: '' }));
  while (open.length > 0 && Date.now() < until) {
    const seen = await inParallel(open, async ({ id }) => ({
      id,
      state: 'unknown',
      reason: '',
      ...(await viewEvent(url, id)),
    }));
    const left = seen.filter(({ state }) => state !== 'applied');
    if (left.length < open.length) until = Date.now() + patienceMs;
    open = left;
    await pause(500);
  }
  return open.map(({ id, state, reason }) => `${id}: ${state} (${reason})`);
}

async function pairsNotOnce({ demoUrl }: StackProcess, ids: string[]): Promise<string[]> {
  const { pairs } = await getJson<{ pairs: { loserId: string; effects: number }[] }>(`${demoUrl}/merges`);
  const effects = new Map(pairs.map((pair) => [pair.loserId, pair.effects]));
  return ids.map((id) => `${id}-loser`).filter((loser) => effects.get(loser) !== 1);
}
