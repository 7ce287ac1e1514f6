import { createHash } from 'node:crypto';
import { omitFields } from '../../dustess/omit-fields.ts';
import { toWire } from '../../dustess/to-wire.ts';
import type { Field } from '../../event.ts';
import { isJsonObject, type JsonObject } from '../../json.ts';
import type { EventLedger } from '../../ledger/ledger.ts';
import type { Plan } from '../../ledger/plans.ts';
import type { MergeCommand } from '../../ports.ts';
import { clearedFields, unwrittenFields } from './choose-fields.ts';
import { earlierFields } from './earlier-fields.ts';
import { type Planning, planFacts } from './planning.ts';

/** The plan for a CRM that merges by itself: one command, or none when nothing is left to say. */
export async function planCommand(planning: Planning, ledger: EventLedger): Promise<Plan> {
  const { identities, chosen, event, number } = planning;
  const restated = await restatedFields(planning, ledger);
  const fields = [...restated, ...chosen.fields];
  const command = commandOf(planning, ledger.tenant, fields);
  const needed = identities.absorbed.length > 0 || fields.length > 0;
  return {
    ...planFacts(planning),
    problems: [],
    steps: needed ? [{ kind: 'command', key: keyOf(event.eventId, number), command }] : [],
    restated: restated.map(({ key }) => key),
    before: [],
    // The CRM itself says so, in its answer.
    missing: [],
    unknownInCrm: false,
  };
}

/** What earlier events said of the survivor and the CRM has not, or may lose by filling blanks from the losers. */
async function restatedFields({ survivor, chosen, identities, omit }: Planning, ledger: EventLedger): Promise<Field[]> {
  const clocks = survivor.clocks ?? {};
  const refilled = identities.absorbed.length > 0 ? clearedFields(clocks, chosen.fields) : [];
  const governed = new Map([...unwrittenFields(clocks, chosen.fields, false), ...refilled]);
  return earlierFields(
    ledger,
    [...governed].filter(([key]) => !omit.includes(key)),
  );
}

function commandOf({ event, identities, omit }: Planning, tenant: string, fields: Field[]): MergeCommand {
  const contacts = event.mergedContacts.filter(isJsonObject);
  const { old, mergedContacts } = omitFields(
    { old: identities.survivorIsGone ? {} : toWire(event.old), mergedContacts: contacts },
    omit,
  );
  return {
    tenant,
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
