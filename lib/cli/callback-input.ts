import { parseJson } from '../dustess/parse-json.ts';
import { readEnvelope } from '../dustess/read-envelope.ts';
import { SAMPLE_ENVELOPE } from '../dustess/sample.ts';
import { CallbackRefused } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { UsageError } from './exit.ts';

/** What to send: an event that is still to be sealed, or a captured callback that goes out as it is. */
export type CallbackInput =
  | { id: string | undefined; event: string; action: string; body: JsonObject }
  | { id: string | undefined; captured: JsonObject };

/** The sample merge of 尘锋's page. */
export const SAMPLE: CallbackInput = SAMPLE_ENVELOPE;

/** A plain envelope, a captured sealed one, or the body of a merge alone. @throws UsageError */
export function readCallbackInput(text: string): CallbackInput {
  const json = parseJson(text);
  if (!isJsonObject(json)) throw new UsageError(`not a callback: ${EXPECTED}`);
  if (json.mainID !== undefined && json.body === undefined)
    return { id: undefined, event: SAMPLE_ENVELOPE.event, action: SAMPLE_ENVELOPE.action, body: json };
  try {
    const envelope = readEnvelope(text);
    if ('sealed' in envelope) return { id: envelope.id, captured: json };
    return { id: envelope.id, event: envelope.event, action: envelope.action, body: envelope.plain };
  } catch (error) {
    if (!(error instanceof CallbackRefused)) throw error;
    throw new UsageError(`not a callback (${error.reason}): ${EXPECTED}`);
  }
}

const EXPECTED = 'give JSON such as {"id","event","action","body":{…}}, or the body of a merge with its mainID';
