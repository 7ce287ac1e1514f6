import * as v from 'valibot';
import { CrmError } from '../../errors.ts';
import { type TrytonRpc, VENDOR } from './calls.ts';
import { numberOf, type PartyState, readStates } from './find.ts';

const WIZARD = 'wizard.party.replace';
const MOST_WARNINGS = 2; // Differing names, differing tax identifiers.

/**
 * Tryton's own merge. It accepts a party replacing itself, and a survivor that is replaced already: both guards are
 * ours. The loser's mark of its last change goes along, so that Tryton refuses when somebody else was faster.
 */
export async function replaceParty(rpc: TrytonRpc, merge: { survivor: string; losers: string[] }): Promise<void> {
  const [survivor, loser] = partiesOf(merge);
  const states = await readStates(rpc, [survivor, loser]);
  const timestamp = mergeable(states.get(survivor), 'survivor') && mergeable(states.get(loser), 'loser');
  const session = await startWizard(rpc);
  try {
    await execute(rpc, session, { survivor, loser, timestamp });
    await verify(rpc, survivor, loser);
  } finally {
    const params = [session, {}];
    // What is left of a wizard is swept up by Tryton itself; that must not hide how the merge ended.
    await rpc.call({ method: `${WIZARD}.delete`, params, repeatable: true }).catch(() => undefined);
  }
}

function partiesOf({ survivor, losers }: { survivor: string; losers: string[] }): [number, number] {
  const [loser] = losers;
  if (loser === undefined || losers.length > 1 || numberOf(loser) === numberOf(survivor))
    throw refused('a merge takes one loser, and not the survivor itself', 'INVALID_MERGE');
  return [numberOf(survivor), numberOf(loser)];
}

function mergeable(state: PartyState | undefined, who: string): string {
  if (!state) throw refused(`the ${who} does not exist`, `${who}-missing`);
  if (state.replacedBy !== undefined) throw refused(`the ${who} was merged away already`, `${who}-replaced`);
  if (!state.active) throw refused(`the ${who} is archived`, `${who}-archived`);
  return state.timestamp;
}

const refused = (why: string, code: string) => new CrmError('permanent', `${VENDOR}: ${why}`, { code });

const Session = v.looseTuple([v.number()]);

async function startWizard(rpc: TrytonRpc): Promise<number> {
  const started = v.safeParse(Session, await rpc.call({ method: `${WIZARD}.create`, params: [{}], repeatable: true }));
  if (started.success) return started.output[0];
  throw new CrmError('retry-soon', `${VENDOR}: the wizard did not start`);
}

interface Replacement {
  survivor: number;
  loser: number;
  timestamp: string;
}

/** A warning means that nothing has happened: people decided in 尘锋 that the two are one, whatever they are called. */
async function execute(rpc: TrytonRpc, session: number, { survivor, loser, timestamp }: Replacement): Promise<void> {
  const ask = { source: loser, destination: survivor };
  const context = { _timestamp: { [`party.party,${loser}`]: timestamp } };
  const call = { method: `${WIZARD}.execute`, params: [session, { ask }, 'replace', context], repeatable: false };
  for (let warnings = 0; warnings <= MOST_WARNINGS; warnings++) {
    const answer = await rpc.ask(call);
    if ('result' in answer) return;
    await confirm(rpc, answer.warning);
  }
  throw refused('the merge was warned of again and again', 'UserWarning');
}

/** Nobody may have merged the survivor away meanwhile: Tryton does not look, and two parties could replace each other. */
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
