import { CrmError, OutOfTime } from '../errors.ts';
import type { TenantDocuments } from './tenant-documents.ts';
import { DEFAULT_TIMING } from './timing.ts';

/** What is about to write, or has written, an id on a record. */
export interface LinkIntent {
  /** The event; of `link --apply` the plan, as `plan:DIGEST`. */
  eventId: string;
  contactId: string;
  recordId: string;
}

/**
 * Intents of writing an id on a record, stored before the call. As long as one is there no other event writes on the
 * record, and after a crash the event knows that an id it finds there is its own.
 */
export interface LinkIntents {
  /**
   * Makes the one call that writes the id. Of two such calls for one contact, the first without an answer, the first may
   * take effect after the second: on a record that has been given another id by then. So there is never a second one on
   * its way. @param call returns anything but `written`, or throws OutOfTime, where it has sent nothing.
   * @returns `busy` where another event has the record, and where an earlier call may still take effect.
   * @throws what the call throws
   */
  during<T>(intent: LinkIntent, when: IntentTimes, call: () => Promise<T>): Promise<T | 'busy'>;
  /** Takes the record alone: of a plan of many ids, its journal says what it wrote and when. @returns false where taken. */
  takeRecord(intent: LinkIntent, at: number): Promise<boolean>;
  /** What an event is about to write for a contact, or has written, or sent without an answer. */
  of(eventId: string, contactId: string): Promise<LinkIntent | undefined>;
}

export interface IntentTimes {
  /** Now, milliseconds since 1970. */
  at: number;
  /** How long a call without an answer may still take effect, in milliseconds. */
  settleMs?: number;
}

/** So long no other event writes on the record. */
const INTENT_MS = 15 * 60_000;

type StoredIntent = LinkIntent & { at: number; isRefused?: true };

export function createLinkIntents(documents: TenantDocuments): LinkIntents {
  const recordKey = (recordId: string) => ({ kind: 'link-record', id: recordId });
  const eventKey = (eventId: string, contactId: string) => ({ kind: 'link-event', id: eventId, sort: contactId });
  async function takeRecord(intent: LinkIntent, at: number): Promise<boolean> {
    const record = await documents.get<LinkIntent>(recordKey(intent.recordId));
    if (record && record.value.eventId !== intent.eventId) return false;
    return documents.put(recordKey(intent.recordId), intent, {
      expected: record?.version ?? 0,
      expiresAt: at + INTENT_MS,
    });
  }
  const read = (eventId: string, contactId: string) => documents.get<StoredIntent>(eventKey(eventId, contactId));
  const store = (value: StoredIntent, expected: number) =>
    documents.put(eventKey(value.eventId, value.contactId), value, { expected, expiresAt: value.at + INTENT_MS });
  async function take(intent: StoredIntent, settleMs: number): Promise<boolean> {
    const { version = 0, value: before } = (await read(intent.eventId, intent.contactId)) ?? {};
    if (before && !before.isRefused && intent.at < before.at + settleMs) return false;
    if (!(await store(intent, version))) return false;
    const isTaken = await takeRecord(linkOf(intent), intent.at);
    if (!isTaken) await refuse(intent);
    return isTaken;
  }
  /** Unless another worker has taken the event over and sent its own. */
  async function refuse(intent: StoredIntent): Promise<void> {
    const before = await read(intent.eventId, intent.contactId);
    if (before?.value.at === intent.at) await store({ ...before.value, isRefused: true }, before.version);
  }
  return {
    takeRecord,
    async during(link, { at, settleMs = DEFAULT_TIMING.settleMs }, call) {
      const intent = { ...link, at };
      if (!(await take(intent, settleMs))) return 'busy';
      try {
        const outcome = await call();
        if (outcome !== 'written') await refuse(intent);
        return outcome;
      } catch (error) {
        if (hasNotHappened(error)) await refuse(intent);
        throw error;
      }
    },
    async of(eventId, contactId) {
      const { value } = (await read(eventId, contactId)) ?? {};
      return value?.isRefused ? undefined : value;
    },
  };
}

const linkOf = ({ eventId, contactId, recordId }: LinkIntent): LinkIntent => ({ eventId, contactId, recordId });

const hasNotHappened = (error: unknown) =>
  error instanceof OutOfTime || (error instanceof CrmError && error.kind !== 'ambiguous');
