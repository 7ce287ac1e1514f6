import * as v from 'valibot';
import { CrmError } from '../../errors.ts';
import type { TrytonRpc } from './calls.ts';
import { VENDOR } from './failures.ts';
import { numberOf, type PartyState, readStates } from './parties.ts';

const WIZARD = 'wizard.party.replace';
const MAX_WARNINGS = 2; // Differing names, differing tax identifiers.

/**
 * Tryton's own merge. It accepts a party replacing itself, and a survivor that is replaced already: both guards are
 * ours. The loser's mark of its last change goes along, so that Tryton refuses when the loser was changed meanwhile.
 * @throws CrmError
 */
export async function replaceParty(rpc: TrytonRpc, merge: { survivor: string; losers: string[] }): Promise<void> {
  const [survivor, loser] = partiesOf(merge);
  const states = await readStates(rpc, [survivor, loser]);
  const timestamp = mergeable(states.get(survivor), 'survivor') && mergeable(states.get(loser), 'loser');
  const session = await startWizard(rpc);
  await executeAndEnd(rpc, session, { survivor, loser, timestamp });
  await verify(rpc, survivor, loser);
}

function partiesOf({ survivor, losers }: { survivor: string; losers: string[] }): [number, number] {
  const [loser] = losers;
  if (loser === undefined || losers.length > 1 || numberOf(loser) === numberOf(survivor))
    throw refused('a merge takes one loser, and not the survivor itself', 'INVALID_MERGE');
  return [numberOf(survivor), numberOf(loser)];
}

function mergeable(state: PartyState | undefined, which: string): string {
  if (!state) throw refused(`the ${which} does not exist`, `${which}-missing`);
  if (state.replacedBy !== undefined) throw refused(`the ${which} was merged away already`, `${which}-replaced`);
  if (!state.active) throw refused(`the ${which} is archived`, `${which}-archived`);
  return state.timestamp;
}

const refused = (why: string, code: string) => new CrmError('permanent', `${VENDOR}: ${why}`, { code });

const Session = v.looseTuple([v.number()]);

async function startWizard(rpc: TrytonRpc): Promise<number> {
  const started = v.safeParse(Session, await rpc.call({ method: `${WIZARD}.create`, params: [{}], repeatable: true }));
  if (started.success) return started.output[0];
  throw new CrmError('retry-soon', `${VENDOR}: the wizard did not start`, { code: 'UNREADABLE' });
}

interface Replacement {
  survivor: number;
  loser: number;
  timestamp: string;
}

/** A server that did not answer is not asked to tidy up: that would cost a second time-out, and Tryton does it itself. */
async function executeAndEnd(rpc: TrytonRpc, session: number, replacement: Replacement): Promise<void> {
  const end = () =>
    rpc.call({ method: `${WIZARD}.delete`, params: [session, {}], repeatable: true }).catch(() => undefined);
  try {
    await execute(rpc, session, replacement);
  } catch (error) {
    if (!(error instanceof CrmError) || error.kind !== 'ambiguous') await end();
    throw error;
  }
  await end();
}

/** A warning means that nothing has happened. The merge was decided in 尘锋, whatever the two are called, so it is confirmed. */
async function execute(rpc: TrytonRpc, session: number, { survivor, loser, timestamp }: Replacement): Promise<void> {
  const ask = { source: loser, destination: survivor };
  const context = { _timestamp: { [`party.party,${loser}`]: timestamp } };
  const call = { method: `${WIZARD}.execute`, params: [session, { ask }, 'replace', context], repeatable: false };
  for (let warnings = 0; warnings <= MAX_WARNINGS; warnings++) {
    const answer = await rpc.ask(call);
    if ('result' in answer) return;
    await confirm(rpc, answer.warning);
  }
  throw refused('the merge was warned of again and again', 'UserWarning');
}

/** Tryton does not look whether the survivor was merged away meanwhile: two parties could replace each other. */
async function verify(rpc: TrytonRpc, survivor: number, loser: number): Promise<void> {
  const overtaken = (cause?: unknown) =>
    new CrmError('ambiguous', `${VENDOR}: the merge was done, but not seen to be as it should`, {
      code: 'overtaken',
      cause,
    });
  const states = await readStates(rpc, [survivor, loser]).catch((error: unknown) => {
    throw overtaken(error);
  });
  if (!states.get(survivor)?.active || states.get(loser)?.replacedBy !== survivor) throw overtaken();
}

async function confirm(rpc: TrytonRpc, name: string): Promise<void> {
  const warning = { user: await rpc.userId(), name, always: false };
  await rpc.call({ method: 'model.res.user.warning.create', params: [[warning], {}], repeatable: true });
}
