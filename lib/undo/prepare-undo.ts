import type { EventRecord } from '../ledger/event-record.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Plan } from '../ledger/plans.ts';
import type { UndoneContact, UndoPlan, UndoStep } from '../ledger/undo-plans.ts';
import type { TenantCrm } from '../merge/tenant-crm.ts';
import type { CommandCrm, CrmRecord, RecordCrm, RecordUndo } from '../ports.ts';
import type { Sentence } from '../sentence.ts';
import { checkLedger, checkRecord, type MergeToUndo } from './check-ledger.ts';
import { checkRecords } from './check-records.ts';
import { checkWaiting } from './check-waiting.ts';
import { changedByMerge, compareFields, type FieldReport, type Sides, sidesOf } from './compare-fields.ts';
import type { UndoRefusal } from './refusals.ts';
import { stepsOf } from './undo-steps.ts';
import { asWritten } from './values.ts';

/** A contact of the merge, and what taking it back does to its record. Holds personal data. */
export interface ContactReport extends UndoneContact {
  fields: FieldReport[];
}

/** What an undo would do, for a person to read before it is done. */
export interface UndoProposal {
  eventId: string;
  crm: { name: string; style: 'record' | 'command' };
  contacts: ContactReport[];
  /** What does not come back, in words. */
  cannot: readonly Sentence[];
  /** Events that joined the same contacts again: they are parked with the undo. */
  repeatedBy: string[];
  plan: Omit<UndoPlan, 'number' | 'by'>;
}

/** Who asks, and when (milliseconds since 1970). */
export interface Asking {
  by: string;
  now: number;
}

/**
 * Plans how an event's merge is taken back, or says why it is not. Reads ledger and CRM, writes nothing.
 * @throws CrmError where the CRM cannot be asked now
 */
export async function prepareUndo(
  ledger: Ledger,
  record: EventRecord,
  tenant: TenantCrm,
  asking: Asking,
): Promise<UndoProposal | UndoRefusal> {
  const refusal = checkRecord(record) ?? checkTenant(tenant);
  if (refusal) return refusal;
  const merge = await checkLedger(ledger, record);
  if ('refused' in merge) return merge;
  return (await checkWaiting(ledger, merge)) ?? planUndo(merge, tenant, asking);
}

function checkTenant({ crm, policy }: TenantCrm): UndoRefusal | undefined {
  if (policy.mode === 'observe') return { refused: 'observe-mode' };
  if (crm.style === 'command') return crm.unmerge ? undefined : { refused: 'receiver-does-not-know' };
  return crm.undo ? undefined : { refused: 'crm-cannot', by: crm.name };
}

/** The plan alone, for a merge that the ledger lets be taken back. @throws CrmError */
export async function planUndo(
  merge: MergeToUndo,
  { crm }: TenantCrm,
  asking: Asking,
): Promise<UndoProposal | UndoRefusal> {
  const made = merge.plan.crm;
  if (made !== undefined && made !== crm.name) return { refused: 'crm-changed', by: made };
  return crm.style === 'command' ? tellUndo(merge, crm, asking) : recordUndo(merge, crm, asking.now);
}

interface Shown {
  contacts: ContactReport[];
  cannot: readonly Sentence[];
}

const planOf = (
  { plan, earlierMerge }: MergeToUndo,
  now: number,
  { contacts, cannot }: Shown,
  steps: UndoStep[],
): UndoProposal['plan'] => ({
  madeAt: now,
  cannot,
  contacts: contacts.map(withoutValues),
  mergePlan: plan.number,
  survivor: plan.identities.survivor,
  losers: plan.identities.absorbed,
  ...(earlierMerge !== undefined && { earlierMerge }),
  ...(plan.crm !== undefined && { crm: plan.crm }),
  ...(plan.clocksBefore && { clocksBefore: plan.clocksBefore }),
  steps,
});

const withoutValues = ({ fields, ...contact }: ContactReport): UndoneContact => ({
  ...contact,
  fields: fields.map(({ property, outcome }) => ({ property, outcome })),
});

const KEEPS_ITS_OWN: Sentence = {
  en: 'The CRM is told to take the merge back; what it makes of that, it alone knows.',
  zh: '只会通知 CRM 撤销这次合并，具体恢复什么由它自己决定。',
};

function tellUndo(merge: MergeToUndo, crm: CommandCrm, { by, now }: Asking): UndoProposal | UndoRefusal {
  const { eventId } = merge.record;
  const told = merge.plan.steps.find((step) => step.kind === 'command');
  if (!told) return { refused: 'no-pre-images' };
  const command = { ...told.command, undoneAt: new Date(now).toISOString(), undoneBy: by };
  const loser = (contactId: string): ContactReport => withoutRecord(contactId, 'as-told');
  const survivor: ContactReport = { role: 'survivor', contactId: command.survivorId, recordId: undefined, fields: [] };
  const shown = { contacts: [survivor, ...command.loserIds.map(loser)], cannot: [KEEPS_ITS_OWN] };
  return {
    eventId,
    crm: { name: crm.name, style: 'command' },
    ...shown,
    repeatedBy: merge.repeatedBy,
    plan: planOf(merge, now, shown, [{ kind: 'tell', key: `${told.key}-undo`, command }]),
  };
}

const withoutRecord = (contactId: string, comesBackAs: 'as-told' | 'no-record'): ContactReport => ({
  ...{ role: 'loser', contactId, recordId: undefined, comesBackAs, fields: [] },
});

async function recordUndo(merge: MergeToUndo, crm: RecordCrm, now: number): Promise<UndoProposal | UndoRefusal> {
  const { undo } = crm;
  const sides = sidesOf(merge.plan);
  if (!undo) return { refused: 'crm-cannot', by: crm.name };
  if (!sides || sides.losers.some(({ contactId }) => contactId === undefined)) return { refused: 'no-pre-images' };
  const changed = changedByMerge(merge.plan, sides, crm.rules.fillsBlanks);
  const present = await checkRecords(crm, merge.plan, sides, [...changed.keys()]);
  if ('refused' in present) return present;
  const kept = new Set(await undo.writable(propertiesOf(sides, changed)));
  const fields = compareFields(sides.survivor.values, changed, present.survivor.values, kept);
  const losers = sides.losers.map((loser) => loserReport(loser, undo, kept));
  const survivor = survivorReport(merge.plan, present.survivor.recordId, fields);
  const shown = { contacts: [survivor, ...losers, ...lonely(merge.plan, losers)], cannot: undo.cannot };
  return {
    eventId: merge.record.eventId,
    crm: { name: crm.name, style: 'record' },
    ...shown,
    repeatedBy: merge.repeatedBy,
    plan: planOf(merge, now, shown, stepsOf(merge.plan, sides, { undo, fields, writable: kept })),
  };
}

function lonely({ identities }: Plan, losers: ContactReport[]): ContactReport[] {
  const known = new Set(losers.map(({ contactId }) => contactId));
  return identities.absorbed.filter((id) => !known.has(id)).map((id) => withoutRecord(id, 'no-record'));
}

const propertiesOf = ({ losers }: Sides, changed: Map<string, unknown>): string[] => [
  ...new Set([...changed.keys(), ...losers.flatMap(({ values }) => Object.keys(values))]),
];

const survivorReport = (plan: Plan, recordId: string, fields: FieldReport[]): ContactReport => ({
  role: 'survivor',
  contactId: plan.identities.survivor,
  recordId,
  fields,
});

/** A record that comes back itself has its values; on a new one those are written that the CRM lets be written. */
function loserReport(loser: CrmRecord, { comesBackAs }: RecordUndo, writable: ReadonlySet<string>): ContactReport {
  const fields = Object.entries(loser.values).flatMap(([property, before]): FieldReport[] => {
    const value = asWritten(before);
    if (value === null) return [];
    // The property with the contact's id is written with the new record, not among its values.
    const isId = loser.contactId !== undefined && value === loser.contactId;
    const can = comesBackAs === 'itself' || isId || (value !== undefined && writable.has(property));
    return [{ property, outcome: can ? 'restore' : 'cannot', before, after: null, now: null }];
  });
  return { role: 'loser', contactId: loser.contactId ?? '', recordId: loser.recordId, comesBackAs, fields };
}
