import type { EventRecord } from '../ledger/event-record.ts';
import { type ActionResult, type OperatorDeps, sendOnItsWay } from './operator-actions.ts';

/** What an operator says of a contact that the CRM did not know: its record, which carries its id by now, or that it has none. */
export interface LinkAnswer {
  contact: string;
  record?: string;
}

/** The contacts that a parked event waits for an answer about; none where it waits for something else. */
export function askedContacts(record: EventRecord): string[] {
  const isAsking = record.state === 'parked' && record.reason === 'unlinked' && !record.erased;
  return isAsking ? (record.missing ?? []) : [];
}

/** Keeps the answer with the event, and lets it go on. It is parked again where other contacts are still unknown. */
export async function answerLink(eventId: string, answer: LinkAnswer, deps: OperatorDeps): Promise<ActionResult> {
  const { now, by } = deps;
  return sendOnItsWay(eventId, deps, (record) => {
    if (!askedContacts(record).includes(answer.contact)) return undefined;
    const said = { at: now(), by, action: 'replay' as const, ...answer };
    const none = answer.record === undefined ? [answer.contact] : [];
    const withoutRecord = [...(record.withoutRecord ?? []), ...none];
    return {
      on: 'replay',
      operatorActions: [...(record.operatorActions ?? []), said],
      ...(withoutRecord.length > 0 && { withoutRecord }),
    };
  });
}
