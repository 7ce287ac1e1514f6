import { readEnvelope } from '../../lib/dustess/read-envelope.ts';
import { unwrapPlaintext } from '../../lib/dustess/unwrap-plaintext.ts';
import { verifyUrl } from '../../lib/dustess/verify-url.ts';
import type { Json } from '../../lib/json.ts';
import { type RecordedRequest, type ScriptedAnswer, startRecordingServer } from '../contracts/recording-server.ts';
import { INTAKE, open } from '../dustess/sealing.ts';

/** What the receiver understood of a POST. */
export interface Delivered {
  id: string | undefined;
  event: string;
  action: string;
  body: Json;
  encrypt?: string;
}

export const ACCEPTED: ScriptedAnswer = { status: 200, body: '{"code":1,"msg":"成功"}' };

/** A receiver with the vendor's example keys and the real door, on a real socket; `answer` may say something else. */
export async function startReceiver(now: () => number) {
  const delivered: Delivered[] = [];
  const script: { answer?: (request: RecordedRequest) => ScriptedAnswer | undefined } = {};
  const server = await startRecordingServer((request) => {
    const scripted = script.answer?.(request);
    if (scripted) return scripted;
    if (request.method === 'GET') return { status: 200, body: verifyUrl(queryOf(request), INTAKE, now()) };
    delivered.push(understood(request.body, now()));
    return ACCEPTED;
  });
  return { ...server, delivered, script, callback: `${server.url}/callback/local` };
}

export const queryOf = ({ url }: RecordedRequest) =>
  Object.fromEntries(new URLSearchParams(url.slice(url.indexOf('?') + 1)));

function understood(text: string, now: number): Delivered {
  const envelope = readEnvelope(text);
  if (!('sealed' in envelope)) return { ...envelope, body: envelope.plain };
  return { ...unwrapPlaintext(open(envelope.sealed, {}, now), envelope), encrypt: envelope.sealed.encrypt };
}
