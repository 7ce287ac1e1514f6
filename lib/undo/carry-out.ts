import { CrmError } from '../errors.ts';
import { unlocked } from '../ledger/contacts.ts';
import type { UndoPlan } from '../ledger/undo-plans.ts';
import { type ClaimedEvent, lastCallAt, move, stage } from '../merge/claimed-event.ts';
import { lockContacts, unlockContacts } from '../merge/contact-locks.ts';
import { parkReasonOf, waitReasonOf } from '../merge/execute/step-outcome.ts';
import { releaseContact } from '../merge/release-contact.ts';
import { continueLater, retryLater, waitForContacts } from '../merge/reschedule.ts';
import type { TenantCrm } from '../merge/tenant-crm.ts';
import { checkLedger } from './check-ledger.ts';
import { closeUndo } from './close-undo.ts';
import { executeUndo, type UndoOutcome } from './execute-undo.ts';
import { planUndo } from './prepare-undo.ts';

/**
 * Takes an event's merge back by its stored plan: locks the survivor, looks once more whether it may be, makes the calls,
 * each after its intent, and tells the ledger. Deliver it as often as you like. @throws StoreError, LeaseLost
 */
export async function carryOutUndo(claimed: ClaimedEvent, tenant: TenantCrm): Promise<void> {
  const { ledger, record } = claimed;
  const plan = await ledger.undoPlans.read(record.eventId, record.undo ?? 0);
  if (!plan) return withoutPlan(claimed);
  if (!record.progress && !(await begin(claimed, tenant, plan))) return;
  if (claimed.record.progress?.isClosing) return closeUndo(claimed, plan);
  if (tenant.policy.mode === 'observe') return park(claimed, 'observe-mode');
  if (plan.crm !== undefined && plan.crm !== tenant.crm.name) return park(claimed, 'crm-changed');
  const outcome = await executeUndo(claimed, tenant.crm, plan);
  return conclude(claimed, plan, outcome);
}

/** Once a call was made, its contacts stay locked until an operator has looked. */
function withoutPlan(claimed: ClaimedEvent): Promise<void> {
  if (!claimed.record.progress) return move(claimed, { on: 'undo-refused', reason: 'undo-refused:plan-expired' });
  return park(claimed, 'plan-expired');
}

type ParkReason = NonNullable<ReturnType<typeof parkReasonOf>> | 'observe-mode' | 'plan-expired' | 'crm-changed';

const park = (claimed: ClaimedEvent, reason: ParkReason) => move(claimed, { on: 'park-unanswered', reason });

/** @returns whether the calls may begin; if not, the event has left or waits. */
async function begin(claimed: ClaimedEvent, tenant: TenantCrm, plan: UndoPlan): Promise<boolean> {
  const locked = await lockContacts(claimed, [plan.survivor]);
  if ('behind' in locked) {
    await waitForContacts(claimed, locked);
    return false;
  }
  const problem = await whyNot(claimed, tenant, plan);
  if (problem === undefined) {
    stage(claimed, { on: 'start-undo', progress: { step: 0, sent: false, attempts: 0 } });
    return true;
  }
  await unlockContacts(claimed);
  if (typeof problem === 'string') await move(claimed, { on: 'undo-refused', reason: `undo-refused:${problem}` });
  else await retryLater(claimed, { reason: waitReasonOf(problem), error: problem });
  return false;
}

/** What has changed between the request and the locks: a reason against it, or a CRM that cannot be asked now. */
async function whyNot(
  claimed: ClaimedEvent,
  tenant: TenantCrm,
  plan: UndoPlan,
): Promise<string | CrmError | undefined> {
  const { ledger, record, deps } = claimed;
  if (tenant.policy.mode === 'observe') return 'observe-mode';
  const merge = await checkLedger(ledger, record);
  if ('refused' in merge) return merge.refused;
  if (deps.now() > lastCallAt(claimed)) return new CrmError('retry-soon', 'the time of this worker is up');
  try {
    const again = await planUndo(merge, tenant, { by: plan.by, now: plan.madeAt });
    return 'refused' in again ? again.refused : undefined;
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    return parkReasonOf(error) ?? error;
  }
}

async function conclude(claimed: ClaimedEvent, plan: UndoPlan, outcome: UndoOutcome): Promise<void> {
  if (outcome.end === 'done') return closeUndo(claimed, plan);
  if (outcome.end === 'out-of-time') return continueLater(claimed);
  // Without a plan to abandon: once given up, it is parked with its contacts locked.
  if (outcome.end === 'failed')
    return retryLater(claimed, { reason: waitReasonOf(outcome.error), error: outcome.error });
  return outcome.isUntouched ? refuse(claimed, plan, outcome.reason) : park(claimed, outcome.reason);
}

/** The CRM said no to the first call: everything is as it was. */
async function refuse(claimed: ClaimedEvent, plan: UndoPlan, reason: string): Promise<void> {
  await unlockSurvivor(claimed, plan);
  await move(claimed, { on: 'undo-refused', reason: `undo-refused:${reason}` });
}

async function unlockSurvivor(claimed: ClaimedEvent, { survivor }: UndoPlan): Promise<void> {
  await releaseContact(claimed, survivor, (contact) =>
    contact.lockedBy?.event === claimed.record.eventId ? unlocked(contact) : undefined,
  );
}
