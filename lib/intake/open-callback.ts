import { createHash, timingSafeEqual } from 'node:crypto';
import type { IntakeSettings } from '../config.ts';
import { isMergeEvent, readMergeEvent } from '../dustess/merge-event.ts';
import { isNestedDeeperThan } from '../dustess/nesting.ts';
import { omitFields } from '../dustess/omit-fields.ts';
import { openSealed } from '../dustess/open-envelope.ts';
import { type Envelope, readEnvelope } from '../dustess/read-envelope.ts';
import { unwrapPlaintext } from '../dustess/unwrap-plaintext.ts';
import { CallbackRefused, UnreadableEvent } from '../errors.ts';
import { isJsonObject, type Json } from '../json.ts';
import type { EventRecord } from '../ledger/event-record.ts';
import type { Payload } from '../ledger/payloads.ts';
import type { Callback } from './receive-callback.ts';

/** A genuine callback, ready to be kept. */
export interface OpenedCallback {
  eventId: string;
  /** SHA-256 of the ciphertext, hex (of the body, for plain text): the same again is the same event. */
  digest: string;
  sealed: boolean;
  payload: Payload;
  name: string;
  kind: EventRecord['kind'];
  /** Why it cannot be read, for `unreadable`. */
  problem?: string;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** @throws CallbackRefused for everything that is not provably from the sender. */
export function openCallback(callback: Callback, door: IntakeSettings, now: number): OpenedCallback {
  const envelope = readEnvelope(callback.body);
  return 'sealed' in envelope ? openSealedCallback(envelope, door, now) : openPlain(envelope, callback, door);
}

type SealedEnvelope = Extract<Envelope, { sealed: unknown }>;
type PlainEnvelope = Exclude<Envelope, SealedEnvelope>;

function openSealedCallback(envelope: SealedEnvelope, door: IntakeSettings, now: number): OpenedCallback {
  const { plaintext, sentAt } = openSealed(envelope.sealed, door, now);
  const inner = unwrapPlaintext(plaintext, envelope);
  return opened({ ...inner, text: plaintext, sealed: true, digest: sha256(envelope.sealed.encrypt), sentAt }, door);
}

/** Plain text proves nothing by itself: the tenant must have asked for it, and a second factor must fit. */
function openPlain(envelope: PlainEnvelope, callback: Callback, door: IntakeSettings): OpenedCallback {
  if (!door.plainText) throw new CallbackRefused('plain-text-off');
  const { secret, sources } = door.plainText;
  const secretFits = secret === undefined || sameText(secret, callback.pathSecret ?? '');
  const sourceFits = sources === undefined || sources.includes(callback.sourceAddress);
  if (!secretFits || !sourceFits) throw new CallbackRefused('plain-text-second-factor');
  const { id, event, action, plain } = envelope;
  return opened(
    { id, event, action, body: plain, text: callback.body, sealed: false, digest: sha256(callback.body) },
    door,
  );
}

function sameText(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)));
}

interface Contents {
  id: string | undefined;
  event: string;
  action: string;
  body: Json;
  /** What `body` was read from. */
  text: string;
  sealed: boolean;
  digest: string;
  sentAt?: number;
}

const MOST_NESTED = 200; // JSON can be read at any depth, but not written again: that recurses.

function opened(contents: Contents, door: IntakeSettings): OpenedCallback {
  const { event, action, digest, sealed } = contents;
  const eventId = contents.id ?? `sha256-${digest}`;
  const kept = isNestedDeeperThan(MOST_NESTED, contents.body) ? contents.text : contents.body;
  const body = isJsonObject(kept) ? omitFields(kept, door.omitFields) : kept;
  const sentAt = contents.sentAt;
  const payload: Payload = { event, action, body, ...(sentAt !== undefined && { sentAt }) };
  return { eventId, digest, sealed, payload, name: `${event}/${action}`.slice(0, 256), ...classify(eventId, payload) };
}

/** Other events are no business of ours; a merge we cannot read is somebody's: it is kept for a human. */
function classify(eventId: string, { event, action, body }: Payload): Pick<OpenedCallback, 'kind' | 'problem'> {
  if (!isMergeEvent(event, action)) return { kind: 'other' };
  try {
    readMergeEvent(eventId, isJsonObject(body) ? body : {});
    return { kind: 'merge' };
  } catch (error) {
    if (error instanceof UnreadableEvent) return { kind: 'unreadable', problem: error.field };
    throw error;
  }
}
