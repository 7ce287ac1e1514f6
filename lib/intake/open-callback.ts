import { hash, timingSafeEqual } from 'node:crypto';
import type { IntakeSettings } from '../config.ts';
import { isContactEvent } from '../dustess/contact-event.ts';
import { isEcho } from '../dustess/echo.ts';
import type { EnvelopeKeys } from '../dustess/envelope-keys.ts';
import { isMergeContent, namedKind } from '../dustess/event-kind.ts';
import { derivedEventId } from '../dustess/ids.ts';
import { readMergeIds, scalarText } from '../dustess/merge-event.ts';
import { isNestedDeeperThan } from '../dustess/nesting.ts';
import { omitFields } from '../dustess/omit-fields.ts';
import { openSealed } from '../dustess/open-envelope.ts';
import { parseJson } from '../dustess/parse-json.ts';
import { type Envelope, readEnvelope, readPlainBody } from '../dustess/read-envelope.ts';
import { isSimpleJson } from '../dustess/simple-json.ts';
import { readContent, readInnerEnvelope } from '../dustess/unwrap-plaintext.ts';
import { CallbackRefused, UnreadableEvent } from '../errors.ts';
import { isJsonObject, type Json } from '../json.ts';
import type { Payload } from '../ledger/contents.ts';
import type { EventFacts } from '../ledger/event-record.ts';
import type { ReasonOf } from '../ledger/reasons.ts';
import type { Callback } from './callback.ts';

/** A genuine callback, ready to be kept. */
export interface OpenedCallback {
  eventId: string;
  /** SHA-256 of the content (the plaintext, or the body of a plain envelope), hex: the same again is the same event. */
  digest: string;
  payload: Payload;
  /** `EVENT/ACTION` as the envelope names it. */
  name: string;
  kind: EventFacts['kind'];
  /** Why it waits for a human from the start. */
  parkedFor?: ReasonOf<'parked'>;
  /** The pair that opened it, where that is about to be replaced. */
  endingKeys?: EnvelopeKeys;
}

const sha256 = (content: string | Buffer) => hash('sha256', content, 'hex');

/**
 * @param now milliseconds since 1970.
 * @throws CallbackRefused for everything that is not provably from the sender; ConfigError for unusable settings.
 */
export function openCallback(callback: Callback, settings: IntakeSettings, now: number): OpenedCallback {
  const envelope = readEnvelope(callback.body);
  const contents =
    'sealed' in envelope ? openSealedEnvelope(envelope, settings, now) : openPlain(envelope, callback, settings, now);
  checkAccount(contents.body, settings.accounts);
  return opened(contents, settings);
}

type SealedEnvelope = Extract<Envelope, { sealed: unknown }>;
type PlainEnvelope = Exclude<Envelope, SealedEnvelope>;

interface Contents {
  id: string | undefined;
  event: string;
  action: string;
  /** Whether the signature covers event and action: they are hints where it does not. */
  areNamesSigned: boolean;
  body: Json;
  /** The body, or the text it was read from where that is nested too deep to be written again. */
  kept: Json;
  /** SHA-256 of the text, hex. */
  digest: string;
  sentAt: number;
  /** The pair that opened it. */
  keys?: EnvelopeKeys;
}

function openSealedEnvelope(envelope: SealedEnvelope, settings: IntakeSettings, now: number): Contents {
  const { plaintext: text, bytes, sentAt, keys } = openSealed(envelope.sealed, settings, now);
  if (isEcho(text)) throw new CallbackRefused('not-an-event');
  const { content, isSimple } = readOnce(text, bytes);
  const inner = readInnerEnvelope(content);
  const id = inner?.id ?? envelope.id;
  const { event, action } = inner ?? envelope;
  const body = inner ? inner.body : content;
  const kept = isSimple || !isNestedDeeperThan(MAX_NESTING, body) ? body : text;
  return { id, event, action, areNamesSigned: inner !== undefined, body, kept, digest: sha256(bytes), sentAt, keys };
}

/** One parse and one look at the bytes do for most contents; only the others are read with care. */
function readOnce(text: string, bytes: Buffer): { content: Json; isSimple: boolean } {
  const value = parseJson(text);
  if (value !== undefined && isSimpleJson(bytes, MAX_NESTING)) return { content: value, isSimple: true };
  return { content: readContent(text), isSimple: false };
}

/** Plain text proves nothing by itself: the tenant must have asked for it, and a second factor must fit. */
function openPlain(envelope: PlainEnvelope, callback: Callback, settings: IntakeSettings, now: number): Contents {
  if (!settings.plainText) throw new CallbackRefused('plain-text-off');
  const { secret, sources } = settings.plainText;
  const secretFits = secret === undefined || isSameText(secret, callback.pathSecret ?? '');
  const sourceFits = sources === undefined || sources.includes(callback.sourceAddress);
  if (!secretFits || !sourceFits) throw new CallbackRefused('plain-text-second-factor');
  const { id, event, action } = envelope;
  const body = readPlainBody(callback.body);
  const isDeep = isNestedDeeperThan(MAX_NESTING, body);
  const digest = sha256(isDeep ? callback.body : JSON.stringify(body));
  return { id, event, action, areNamesSigned: false, body, kept: isDeep ? callback.body : body, digest, sentAt: now };
}

function isSameText(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)));
}

/** Keys may be shared between tenants by mistake: then the account says whose event it is. @throws CallbackRefused */
function checkAccount(body: Json, accounts: string[] | undefined): void {
  const account = isJsonObject(body) ? scalarText(body.account) : '';
  if (!accounts || accounts.includes(account)) return;
  if (account !== '' || isMergeContent(body)) throw new CallbackRefused('foreign-account');
}

const MAX_NESTING = 200; // JSON can be read at any depth, but not written again: that recurses.

function opened(contents: Contents, settings: IntakeSettings): OpenedCallback {
  const { event, action, kept, digest, sentAt, keys } = contents;
  const body = isJsonObject(kept) ? omitFields(kept, settings.omitFields) : kept;
  const { kind, parkedFor } = classify(contents, body, settings);
  const callback: OpenedCallback = {
    eventId: contents.id ?? derivedEventId(digest),
    digest,
    payload: { event, action, body, sentAt },
    name: `${nameText(event)}/${nameText(action)}`,
    kind,
  };
  if (parkedFor !== undefined) callback.parkedFor = parkedFor;
  if (keys?.until !== undefined) callback.endingKeys = keys;
  return callback;
}

/** Names are not signed and get printed: what is no plain letter becomes `_`. */
const nameText = (name: string) => name.slice(0, 128).replace(/[^\w.:-]/g, '_');

/**
 * What an event is, its content says; the names on an unsigned envelope are hints. Only what neither content nor names
 * call a merge is none of our business. A merge that cannot be read, or that is called something else, is kept for a
 * human.
 */
function classify(
  contents: Contents,
  body: Json,
  { contactEvents }: IntakeSettings,
): Pick<OpenedCallback, 'kind' | 'parkedFor'> {
  const { areNamesSigned, sentAt } = contents;
  if (contactEvents && isContactEvent(contents, body)) return { kind: 'contact' };
  const named = namedKind(contents);
  if (named === 'other' && (areNamesSigned || !isMergeContent(body))) return { kind: 'other' };
  if (named === 'none' && isJsonObject(body) && !isMergeContent(body)) return { kind: 'other' };
  const problem = problemIn(body, sentAt);
  if (problem !== undefined) return { kind: 'unreadable', parkedFor: `unreadable:${problem}` };
  return named === 'other' ? { kind: 'merge', parkedFor: 'names-differ' } : { kind: 'merge' };
}

/** @returns the field that cannot be read. */
function problemIn(body: Json, sentAt: number): string | undefined {
  try {
    readMergeIds(isJsonObject(body) ? body : {}, sentAt);
    return undefined;
  } catch (error) {
    if (error instanceof UnreadableEvent) return error.field;
    throw error;
  }
}
