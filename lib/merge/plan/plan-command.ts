import { createHash } from 'node:crypto';
import { omitFields } from '../../dustess/omit-fields.ts';
import { toWire } from '../../dustess/to-wire.ts';
import type { Field, MergeEvent } from '../../event.ts';
import type { JsonObject } from '../../json.ts';
import type { Contact } from '../../ledger/contacts.ts';
import type { Plan } from '../../ledger/plans.ts';
import type { MergeCommand } from '../../ports.ts';
import type { Work } from '../claim.ts';
import type { Identities } from './check-identities.ts';
import { type ChosenFields, clearedKeys, unwrittenKeys } from './choose-fields.ts';
import { earlierFields } from './earlier-fields.ts';

export interface Planning {
  event: MergeEvent;
  identities: Identities;
  survivor: Contact;
  chosen: ChosenFields;
  omit: string[];
}

/** The plan for a CRM that merges by itself: one command, or none when nothing is left to say. */
export async function planCommand(work: Work, planning: Planning): Promise<Plan> {
  const { identities, chosen } = planning;
  const restated = await restatedFields(work, planning);
  const fields = [...restated, ...chosen.fields];
  const command = commandOf(work, planning, fields);
  const needed = identities.absorbed.length > 0 || fields.length > 0;
  const number = work.record.plan + 1;
  return {
    number,
    madeAt: work.now(),
    triggeredAt: planning.event.triggeredAt,
    identities,
    decisions: chosen.decisions,
    problems: [],
    steps: needed ? [{ kind: 'command', key: keyOf(work.eventId, number), command }] : [],
    chosen: chosen.fields.map(({ key, cleared }) => ({ key, cleared })),
    restated: restated.map(({ key }) => key),
    before: [],
    unknownInCrm: false,
  };
}

/** What earlier events said of the survivor and the CRM has not, or may lose by filling blanks from the losers. */
async function restatedFields(work: Work, { survivor, chosen, identities, omit }: Planning): Promise<Field[]> {
  const clocks = survivor.clocks ?? {};
  const refilled = identities.absorbed.length > 0 ? clearedKeys(clocks, chosen.fields) : [];
  const keys = new Set([...unwrittenKeys(clocks, chosen.fields, false), ...refilled]);
  return earlierFields(
    work,
    clocks,
    [...keys].filter((key) => !omit.includes(key)),
  );
}

function commandOf(work: Work, { event, identities, omit }: Planning, fields: Field[]): MergeCommand {
  const contacts = event.mergedContacts.filter((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
  const { old, mergedContacts } = omitFields(
    { old: identities.survivorIsGone ? {} : toWire(event.old), mergedContacts: contacts },
    omit,
  );
  return {
    tenant: work.tenant,
    eventId: event.eventId,
    survivorId: identities.survivor,
    loserIds: identities.absorbed,
    changed: toWire(fields),
    old: old as JsonObject,
    mergedContacts: mergedContacts as JsonObject[],
    triggeredAt: new Date(event.triggeredAt).toISOString(),
    operatorId: event.operatorId,
    origin: event.origin,
  };
}

/**
 * The idempotency key: the event's id, fit for a header; a replay's plan says something new and needs a key of its
 * own (`~` is in no id that is passed on as it is, so no event's key is another's).
 */
function keyOf(eventId: string, number: number): string {
  const id = /^[\w-]{1,128}$/.test(eventId) ? eventId : `sha256-${createHash('sha256').update(eventId).digest('hex')}`;
  return number === 1 ? id : `${id}~${number}`;
}
