import type { Json } from '../json.ts';
import type { Fetch } from '../ports.ts';

/** One request and what came of it, with stand-ins for whatever may be personal or secret. */
export interface Exchange {
  method: string;
  /** Path and query; the host is not kept. */
  url: string;
  body?: Json;
  answer: { status: number; headers: { [name: string]: string }; body?: Json } | { noAnswer: string };
}

/** What an adapter said to a CRM and heard from it: JSON, fit for a repository. */
export interface Cassette {
  keep: string[];
  exchanges: Exchange[];
}

type Scalar = string | number;
type Change = (value: Scalar) => Scalar;
type StandIns = ReturnType<typeof createStandIns>;

const NOT_JSON = '(not JSON: left out)';
const KEPT_HEADERS = /^(content-type|retry-after|.*rate-?limit.*)$/;
const PLAIN_SEGMENT = /^([A-Za-z_-]{0,24}|v\d{1,3}(\.\d{1,3})?)$/;
const PLAIN_NAME = /^[A-Za-z_](?!.*\d{5})[\w.$:-]{0,63}$/;
const FIRST_NUMBER = 1_000_000_000;

/**
 * A `fetch` that writes down what passes through it. Every text and number becomes a stand-in, the same one wherever it
 * comes up again, except what stands under a name in `keep`; request headers are not kept at all. Calls have to follow
 * one another: in a race the stand-ins would be numbered by chance.
 * @param options.keep members whose values the adapter must understand and that are no secret: error codes, states.
 */
export function createRecordingFetch(fetch: Fetch, { keep = [] }: { keep?: string[] } = {}) {
  const cassette: Cassette = { keep, exchanges: [] };
  const standIns = createStandIns();
  const recordingFetch: Fetch = async (url, init) => {
    const exchange: Exchange = { ...redactRequest(url, init, keep, standIns), answer: { noAnswer: 'UNKNOWN' } };
    cassette.exchanges.push(exchange);
    try {
      const response = await fetch(url, init);
      const text = await response.text();
      const headers = [...response.headers].filter(([name]) => KEPT_HEADERS.test(name));
      const body = redactText(text, keep, standIns.standInFor);
      exchange.answer = { status: response.status, headers: Object.fromEntries(headers), ...body };
      return responseOf(response.status, response.headers, text);
    } catch (error) {
      exchange.answer = { noAnswer: codeOf(error) };
      throw error;
    }
  };
  return { fetch: recordingFetch, cassette };
}

/**
 * Answers as the cassette says, offline. Values may be others than those recorded: it matters only that whatever was
 * the same then is the same now, so a test may ask for `ada` where a real id was.
 * @returns `problems` for the end of a test: requests that differ from the recorded ones, exchanges left over.
 */
export function createReplayingFetch({ keep, exchanges }: Cassette) {
  const standIns = createStandIns();
  const differing: string[] = [];
  let played = 0;
  const replayingFetch: Fetch = async (url, init) => {
    const request = redactRequest(url, init, keep, standIns);
    const { answer, ...expected } = exchanges[played++] ?? { answer: { noAnswer: 'CASSETTE_IS_OVER' } };
    if (JSON.stringify(request) !== JSON.stringify(expected)) {
      differing.push(`request ${played}: ${JSON.stringify(request)} instead of ${JSON.stringify(expected)}`);
      throw failure('CASSETTE_DIFFERS');
    }
    if ('noAnswer' in answer) throw failure(answer.noAnswer);
    const { status, headers, body } = answer;
    const isText = body !== undefined && body !== NOT_JSON;
    return responseOf(
      status,
      new Headers(headers),
      isText ? JSON.stringify(walk(body, keep, standIns.originalOf)) : '',
    );
  };
  const unplayed = () => (played < exchanges.length ? [`${exchanges.length - played} exchanges were not played`] : []);
  return { fetch: replayingFetch, problems: () => [...differing, ...unplayed()] };
}

/** Numbered in the order of first appearance. Digits stay digits, so that an id still looks like one. */
function createStandIns() {
  const numbers = new Map<string, number>();
  const originals = new Map<string, string>();
  const standInFor: Change = (value) => {
    if (value === '' || (typeof value === 'number' && Math.abs(value) < 10 && Number.isInteger(value))) return value;
    const number = numbers.get(String(value)) ?? numbers.size + 1;
    numbers.set(String(value), number);
    const isDigits = /^\d+$/.test(String(value));
    const standIn = typeof value === 'number' || isDigits ? FIRST_NUMBER + number : `~${number}`;
    if (!originals.has(String(standIn))) originals.set(String(standIn), String(value));
    return typeof value === 'number' ? standIn : String(standIn);
  };
  /** What a stand-in stands for now; one that an answer brought stands for itself. */
  const originalOf: Change = (standIn) => {
    const original = originals.get(String(standIn));
    if (original === undefined) standInFor(standIn);
    if (original === undefined || typeof standIn === 'string') return original ?? standIn;
    return Number(original);
  };
  return { standInFor, originalOf, isKnown: (text: string) => numbers.has(text) };
}

function redactRequest(url: string, init: RequestInit, keep: string[], { standInFor, isKnown }: StandIns) {
  const { pathname, searchParams } = new URL(url);
  const inUrl = (text: string) => encodeURIComponent(standInFor(text));
  const stays = (segment: string) => PLAIN_SEGMENT.test(segment) && !isKnown(segment);
  const path = pathname.split('/').map((one) => (stays(one) ? one : inUrl(decodeURIComponent(one))));
  const query = [...searchParams].map(([name, value]) => `${name}=${keep.includes(name) ? value : inUrl(value)}`);
  const body = redactText(String(init.body ?? ''), keep, standInFor);
  return { method: init.method ?? 'GET', url: [path.join('/'), query.join('&')].filter(Boolean).join('?'), ...body };
}

function redactText(text: string, keep: string[], change: Change): { body?: Json } {
  if (text === '') return {};
  try {
    return { body: walk(JSON.parse(text) as Json, keep, change) };
  } catch {
    return { body: NOT_JSON };
  }
}

function walk(value: Json, keep: string[], change: Change): Json {
  if (typeof value === 'string' || typeof value === 'number') return change(value);
  if (Array.isArray(value)) return value.map((one) => walk(one, keep, change));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, one]): [string, Json] => [
    PLAIN_NAME.test(name) ? name : String(change(name)),
    keep.includes(name) && isPlain(one) ? one : walk(one, keep, change),
  ]);
  return Object.fromEntries(members);
}

const isPlain = (value: Json) => [value].flat().every((one) => typeof one !== 'object');

function codeOf(error: unknown): string {
  const { name, cause } = (error ?? {}) as { name?: unknown; cause?: { code?: unknown } };
  return name === 'TimeoutError' ? 'TIMEOUT' : String(cause?.code ?? 'NETWORK');
}

const failure = (code: string) => new TypeError('fetch failed', { cause: { code } });

const responseOf = (status: number, headers: Headers, text: string) =>
  new Response([204, 205, 304].includes(status) ? null : text, { status, headers });
