/** Base of every error this project throws on purpose. Messages never carry payloads, keys or field values. */
export class AppError extends Error {}

/** What a log line says of an error: the message of one of ours, of a foreign one its name, for that may quote values. */
export function problemOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  return error instanceof Error ? error.name : 'unknown';
}

/** Why a callback was refused; for the operator's log, never for the sender. */
export type RefusalReason =
  | 'unknown-tenant'
  | 'unreadable-envelope'
  | 'legacy-scheme'
  | 'missing-signature-fields'
  | 'bad-signature'
  | 'expired-keys'
  | 'undecryptable'
  | 'not-an-echo'
  | 'not-an-event'
  | 'foreign-receive-id'
  | 'foreign-account'
  | 'too-old'
  | 'plain-text-off'
  | 'plain-text-second-factor';

/** The callback was refused. The sender gets one answer whatever the reason is. */
export class CallbackRefused extends AppError {
  override readonly name = 'CallbackRefused';
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason) {
    super(`callback refused: ${reason}`);
    this.reason = reason;
  }
}

/** A set-up mistake: says what is wrong, where, and what to do. Never the value. */
export class ConfigError extends AppError {
  override readonly name = 'ConfigError';
  /** The same in Chinese, where it has been written. */
  readonly zh: string | undefined;
  constructor(message: string, more: { cause?: unknown; zh?: string } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.zh = more.zh;
  }
}

/**
 * What a CRM's failure means for the caller, who alone decides about retrying:
 * - `retry-soon`   nothing happened; try again in seconds (lock, burst limit, maintenance)
 * - `retry-after`  nothing happened; not before `retryAt`
 * - `auth`         nothing happened; credentials or permissions are wrong
 * - `permanent`    refused for good; for a merge step the caller checks once whether it was done already
 * - `ambiguous`    no answer, or one that does not say whether it took effect: ask before sending again
 */
export type CrmFailure = 'retry-soon' | 'retry-after' | 'auth' | 'permanent' | 'ambiguous';

/** A CRM said no, or said nothing. Never carries a response body: bodies hold personal data. */
export class CrmError extends AppError {
  override readonly name = 'CrmError';
  readonly kind: CrmFailure;
  /** Milliseconds since 1970; always with `retry-after`, else where the CRM asked for a wait before the next try. */
  readonly retryAt: number | undefined;
  /** The vendor's own error code, and after a `.` each property it is about; cut to `[A-Za-z0-9_.-]{1,128}`. */
  readonly code: string | undefined;
  constructor(
    kind: CrmFailure,
    message: string,
    more: { retryAt?: number | undefined; code?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.kind = kind;
    this.retryAt = more.retryAt;
    this.code = more.code === undefined ? undefined : safeCode(more.code);
  }
}

/** A vendor's error code made fit for logs and reasons: anything unusual becomes `_`. */
export function safeCode(code: string): string {
  return code.replace(/[^A-Za-z0-9_.-]/g, '_').slice(0, 128);
}

/** The function's time is used up: no further call begins. Whatever was done so far stands. */
export class OutOfTime extends AppError {
  override readonly name = 'OutOfTime';
}

/** A store or queue did not do what it was asked, or did not say so. */
export class StoreError extends AppError {
  override readonly name = 'StoreError';
}

/** A genuine event whose content is not what the sender's page says. Names the field, never its value. */
export class UnreadableEvent extends AppError {
  override readonly name = 'UnreadableEvent';
  readonly field: string;
  constructor(field: string) {
    super(`the event cannot be read: ${field}`);
    this.field = field;
  }
}
