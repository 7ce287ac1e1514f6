import type { EventRecord } from '../ledger/event-record.ts';
import { DEFAULT_TIMING } from '../ledger/timing.ts';
import { transition } from '../ledger/transitions.ts';
import type { ActionResult, OperatorDeps } from './operator-actions.ts';

/** What an operator says of a contact that the CRM did not know: its record, which carries its id by now, or that it has none. */
export interface LinkAnswer {
  contact: string;
  record?: string;
}

/** The contacts that a parked event waits for an answer about; none where it waits for something else. */
export function askedContacts(record: EventRecord): string[] {
  const isAsking = record.state === 'parked' && record.reason === 'unlinked';
  return isAsking ? (record.missing ?? []) : [];
}

/** Keeps the answer with the event, and lets it go on. It is parked again where other contacts are still unknown. */
export async function answerLink(eventId: string, answer: LinkAnswer, deps: OperatorDeps): Promise<ActionResult> {
  const { ledger, queue, now, by } = deps;
  const found = { isPossible: false };
  const stored = await ledger.events.update(eventId, (record) => {
    found.isPossible = askedContacts(record).includes(answer.contact);
    if (!found.isPossible) return undefined;
    const operatorActions = [
      ...(record.operatorActions ?? []),
      { at: now(), by, action: 'replay' as const, ...answer },
    ];
    const none = answer.record === undefined ? [answer.contact] : [];
    const withoutRecord = [...(record.withoutRecord ?? []), ...none];
    const change = { on: 'replay' as const, operatorActions, ...(withoutRecord.length > 0 && { withoutRecord }) };
    return transition(record, change, { now: now(), timing: DEFAULT_TIMING });
  });
  if (!stored) return 'no-such-event';
  if (!found.isPossible) return 'not-possible';
  // Should this fail, the event stands in the open list and reconcile queues it.
  await queue.send({ tenant: ledger.tenant, eventId });
  return 'queued';
}
